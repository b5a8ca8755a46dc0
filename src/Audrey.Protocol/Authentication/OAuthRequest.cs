using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Audrey.Protocol.Authentication;

/// <summary>
/// The credential of one request, OAuth 1.0a (RFC 5849), two-legged, HMAC-SHA1: parsed first, so that the caller can look the
/// secret up by <see cref="ConsumerKey"/>, and verified then. Holds rented memory until it is disposed; do not use it after
/// that. Reading and verifying are safe from several threads, disposing is not.
/// </summary>
public sealed class OAuthRequest : IDisposable
{
    /// <summary>The most parameters a request may have, in query, header and body together.</summary>
    public const int MaxParameters = 256;

    /// <summary>The most bytes that query, header and form body may have together.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    // [signature][nonce][base string, with a separator after its last parameter]
    private byte[]? _buffer;
    private readonly int _nonceLength;
    private readonly int _length;
    private readonly Range _path;
    private readonly List<Range>? _unsigned;

    private OAuthRequest(in OAuthMessage message, in SignedParameters parameters, in ProtocolParameters protocol, ReadOnlySpan<byte> signature)
    {
        Timestamp = protocol.Timestamp;
        Version = protocol.Version;
        ConsumerKey = Text(protocol.Key);

        _buffer = ArrayPool<byte>.Shared.Rent(
            HmacSha1.Bytes + protocol.Nonce.Length + BaseString.MaxHeadBytes(message) + parameters.MaxBaseStringBytes);
        signature.CopyTo(_buffer);
        _nonceLength = PercentEncoding.DecodeTwice(protocol.Nonce, _buffer.AsSpan(HmacSha1.Bytes));

        var target = _buffer.AsSpan(BaseStart);
        _length = BaseString.WriteHead(message, target, out _path);
        for (var i = 0; i < parameters.Count; i++)
        {
            if (parameters.Name(i).SequenceEqual("oauth_signature"u8))
                continue;

            var start = _length;
            _length += BaseString.WriteParameter(parameters.Name(i), parameters.Value(i), target[start..]);
            if (parameters.MayBeUnsigned(i))
                (_unsigned ??= []).Add(start.._length);
        }
    }

    /// <summary>Whose secret the request claims to be signed with: never empty. A key that is not UTF-8 has U+FFFD in it.</summary>
    public string ConsumerKey { get; }

    /// <summary>Seconds since 1970, by the client's clock, which may be wrong.</summary>
    public long Timestamp { get; }

    /// <summary><c>1.0</c>, or null if the client left it out.</summary>
    public string? Version { get; }

    /// <summary>Always <c>HMAC-SHA1</c>: others are <see cref="OAuthFailure.UnknownSignatureMethod"/>.</summary>
    public static string SignatureMethod => HmacSha1.Name;

    /// <summary>The nonce, decoded: never empty.</summary>
    public ReadOnlySpan<byte> Nonce => Buffer.AsSpan(HmacSha1.Bytes, _nonceLength);

    /// <summary>The signature that came with the request: 20 bytes.</summary>
    public ReadOnlySpan<byte> Signature => Buffer.AsSpan(0, HmacSha1.Bytes);

    private byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(OAuthRequest));

    private int BaseStart => HmacSha1.Bytes + _nonceLength;

    private ReadOnlySpan<byte> Parts => Buffer.AsSpan(BaseStart, _length);

    /// <summary>Finds the credential in the query, the form body or the Authorization header.</summary>
    /// <param name="message">The request as it was on the wire.</param>
    /// <param name="request">The credential, not verified yet; null on failure.</param>
    /// <param name="failure">Why there is none; <see cref="OAuthFailure.None"/> on success.</param>
    /// <returns>True if there is a credential that can be verified. Never throws, whatever the message holds.</returns>
    public static bool TryParse(in OAuthMessage message, [NotNullWhen(true)] out OAuthRequest? request, out OAuthFailure failure)
    {
        request = null;
        var query = message.Query.TrimStart('?');
        var header = AuthorizationHeader.Parameters(message.Authorization);
        var textBytes = 3L * (query.Length + header.Length);
        if (textBytes + message.Form.Length > MaxBytes)
        {
            failure = OAuthFailure.TooLarge;
            return false;
        }

        var text = ArrayPool<byte>.Shared.Rent((int)textBytes);
        var queryBytes = Encoding.UTF8.GetBytes(query, text);
        var headerBytes = Encoding.UTF8.GetBytes(header, text.AsSpan(queryBytes));
        var parameters = new SignedParameters(queryBytes + headerBytes + message.Form.Length);
        try
        {
            parameters.AddForm(text.AsSpan(0, queryBytes), inBody: false);
            var wellFormed = AuthorizationHeader.TryCollect(text.AsSpan(queryBytes, headerBytes), ref parameters);
            parameters.AddForm(message.Form, inBody: true);

            Span<byte> signature = stackalloc byte[HmacSha1.Bytes];
            var protocol = default(ProtocolParameters);
            failure = !wellFormed ? OAuthFailure.MalformedHeader
                : parameters.IsOverfull ? OAuthFailure.TooManyParameters
                : ReadSorted(ref protocol, parameters, signature);
            if (failure == OAuthFailure.None)
                request = new OAuthRequest(message, parameters, protocol, signature);
            return request is not null;
        }
        finally
        {
            parameters.Dispose();
            ArrayPool<byte>.Shared.Return(text);
        }
    }

    /// <summary>Says whether the request was signed with this secret.</summary>
    /// <param name="secret">The secret of <see cref="ConsumerKey"/>. An empty one verifies nothing.</param>
    /// <remarks>
    /// <para>
    /// Tried with all parameters; then, for the oldest clients, without the body's <c>data</c> and <c>audrey_data</c>; and, if
    /// the path has escaped non-ASCII characters, both again for a client that signed the path before it escaped them.
    /// </para>
    /// <para>Signatures are compared in constant time. For an unknown key call it with some secret, so as to take as long.</para>
    /// </remarks>
    public bool Verify(ReadOnlySpan<char> secret)
    {
        var size = Encoding.UTF8.GetMaxByteCount(secret.Length);
        Span<byte> utf8 = size <= 512 ? stackalloc byte[size] : new byte[size];
        return Verify(utf8[..Encoding.UTF8.GetBytes(secret, utf8)]);
    }

    /// <inheritdoc cref="Verify(ReadOnlySpan{char})"/>
    /// <param name="utf8Secret">The secret of <see cref="ConsumerKey"/> in UTF-8. An empty one verifies nothing.</param>
    public bool Verify(ReadOnlySpan<byte> utf8Secret)
    {
        if (utf8Secret.IsEmpty)
            return false;

        var size = HmacSha1.MaxKeyBytes(utf8Secret.Length);
        Span<byte> key = size <= 512 ? stackalloc byte[size] : new byte[size];
        key = key[..HmacSha1.WriteKey(utf8Secret, key)];
        return Matches(key, Parts) || MatchesAlternative(key);
    }

    /// <summary>What to remember of this request so that its repetition is recognised. Costs one SHA-256.</summary>
    public RequestFingerprint Fingerprint()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Nonce, hash);
        return new RequestFingerprint(
            Timestamp, BinaryPrimitives.ReadUInt64BigEndian(hash), BinaryPrimitives.ReadUInt32BigEndian(Signature));
    }

    /// <summary>The base string that is tried first, in ASCII: what to compare with a client's when signatures disagree.</summary>
    /// <remarks>It holds the body's values: do not log it.</remarks>
    public string BaseStringText() => Encoding.ASCII.GetString(Parts[..^BaseString.Separator.Length]);

    /// <summary>Gives the rented memory back.</summary>
    public void Dispose()
    {
        if (_buffer is { } buffer)
            ArrayPool<byte>.Shared.Return(buffer);
        _buffer = null;
    }

    private static OAuthFailure ReadSorted(ref ProtocolParameters protocol, in SignedParameters parameters, scoped Span<byte> signature)
    {
        parameters.Sort();
        return protocol.Read(parameters, signature);
    }

    private bool Matches(ReadOnlySpan<byte> key, ReadOnlySpan<byte> parts)
    {
        Span<byte> expected = stackalloc byte[HmacSha1.Bytes];
        HmacSha1.Sign(key, parts[..^BaseString.Separator.Length], expected);
        return CryptographicOperations.FixedTimeEquals(expected, Signature);
    }

    private bool MatchesAlternative(ReadOnlySpan<byte> key)
    {
        var escapedPath = AlternativeBaseString.HasEscapedNonAscii(Parts[_path]);
        if (_unsigned is null && !escapedPath)
            return false;

        var scratch = ArrayPool<byte>.Shared.Rent(_length);
        try
        {
            return (_unsigned is not null && Matches(key, AlternativeBaseString.Write(Parts, default, _unsigned, scratch)))
                || (escapedPath && Matches(key, AlternativeBaseString.Write(Parts, _path, null, scratch)))
                || (escapedPath && _unsigned is not null
                    && Matches(key, AlternativeBaseString.Write(Parts, _path, _unsigned, scratch)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    private static string Text(ReadOnlySpan<byte> encodedTwice)
    {
        Span<byte> bytes = encodedTwice.Length <= 512 ? stackalloc byte[encodedTwice.Length] : new byte[encodedTwice.Length];
        return Encoding.UTF8.GetString(bytes[..PercentEncoding.DecodeTwice(encodedTwice, bytes)]);
    }
}
