using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Audrey.Protocol.Authentication;

/// <summary>
/// The credential of one request: two-legged OAuth 1.0a (RFC 5849) with HMAC-SHA1. The request is parsed first, so that the caller can look
/// up the secret by <see cref="ConsumerKey"/>, and then verified. The object holds rented memory, and must not be used after it is
/// disposed. Its members are thread-safe, except <see cref="Dispose"/>.
/// </summary>
public sealed class OAuthRequest : IDisposable
{
    /// <summary>The maximum number of parameters in query, header and body together.</summary>
    public const int MaxParameters = 256;

    /// <summary>The maximum size of query, header and form body together, in bytes.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    // The layout is: signature, nonce, base string with a separator after its last parameter.
    private byte[]? _buffer;
    private readonly int _nonceLength;
    private readonly int _length;
    private readonly Range _path;
    private readonly List<Range>? _unsigned;
    private readonly byte[] _bodyHash;

    private OAuthRequest(
        in OAuthMessage message, in SignedParameters parameters, in ProtocolParameters protocol, ReadOnlySpan<byte> signature,
        byte[] bodyHash)
    {
        _bodyHash = bodyHash;
        Timestamp = protocol.Timestamp;
        Version = protocol.Version;
        ConsumerKey = Decode(protocol.Key);

        _buffer = ArrayPool<byte>.Shared.Rent(
            HmacSha1.Bytes + protocol.Nonce.Length + BaseString.MaxHeadBytes(message) + parameters.MaxBaseStringBytes);
        signature.CopyTo(_buffer);
        _nonceLength = PercentEncoding.DecodeTwice(protocol.Nonce, _buffer.AsSpan(HmacSha1.Bytes));

        var target = _buffer.AsSpan(BaseStart);
        _length = BaseString.WriteHead(message, target, out _path);
        for (var i = 0; i < parameters.Count; i++)
        {
            if (parameters.Name(i).SequenceEqual("oauth_signature"u8)) continue;

            var start = _length;
            _length += BaseString.WriteParameter(parameters.Name(i), parameters.Value(i), target[start..]);
            if (protocol.IsInHeader && parameters.IsDataField(i)) (_unsigned ??= []).Add(start.._length);
        }
    }

    /// <summary>
    /// The consumer key: the client claims to have signed with the secret of this key. Never empty. Bytes that are not UTF-8 become U+FFFD.
    /// </summary>
    public string ConsumerKey { get; }

    /// <summary>Seconds since 1970 by the client's clock, which may be wrong.</summary>
    public long Timestamp { get; }

    /// <summary><c>1.0</c>, or null if the client omitted it.</summary>
    public string? Version { get; }

    /// <summary>Always <c>HMAC-SHA1</c>. Any other method is an <see cref="OAuthFailure.UnknownSignatureMethod"/>.</summary>
    public static string SignatureMethod => HmacSha1.Name;

    /// <summary>The decoded nonce. Never empty.</summary>
    public ReadOnlySpan<byte> Nonce => Buffer.AsSpan(HmacSha1.Bytes, _nonceLength);

    /// <summary>The signature of the request, 20 bytes.</summary>
    public ReadOnlySpan<byte> Signature => Buffer.AsSpan(0, HmacSha1.Bytes);

    /// <summary>
    /// The SHA-1 that the body must have. Empty if the client sent no body hash, and also if it sent the hash of an empty body, because old
    /// clients compute the hash before they have a body.
    /// </summary>
    public ReadOnlySpan<byte> BodyHash => _bodyHash;

    private byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(OAuthRequest));

    private int BaseStart => HmacSha1.Bytes + _nonceLength;

    private ReadOnlySpan<byte> Parts => Buffer.AsSpan(BaseStart, _length);

    /// <summary>Finds the credential in the query, the form body or the Authorization header.</summary>
    /// <param name="message">The request as it was on the wire.</param>
    /// <param name="request">The credential, which is not verified yet. Null on failure.</param>
    /// <param name="failure">The reason why there is no credential. <see cref="OAuthFailure.None"/> on success.</param>
    /// <returns>True if there is a credential that can be verified. Never throws, whatever the message contains.</returns>
    public static bool TryParse(in OAuthMessage message, [NotNullWhen(true)] out OAuthRequest? request, out OAuthFailure failure)
    {
        failure = Read(message, onlyKey: false, out request, out _);
        return request is not null;
    }

    /// <summary>
    /// Reads only the consumer key. Succeeds and fails exactly as <see cref="TryParse"/>, but keeps nothing with which the signature could
    /// be verified.
    /// </summary>
    /// <param name="message">The request as it was on the wire.</param>
    /// <param name="key">The key; see <see cref="ConsumerKey"/>. Null on failure.</param>
    /// <param name="failure">The reason why there is no credential. <see cref="OAuthFailure.None"/> on success.</param>
    public static bool TryReadKey(in OAuthMessage message, [NotNullWhen(true)] out string? key, out OAuthFailure failure)
    {
        failure = Read(message, onlyKey: true, out _, out key);
        return key is not null;
    }

    /// <summary>Returns whether the request was signed with this secret.</summary>
    /// <param name="secret">The secret of <see cref="ConsumerKey"/>. An empty secret verifies no request.</param>
    /// <param name="formMayBeUnsigned">
    /// Whether a signature that does not cover the fields <c>data</c> and <c>audrey_data</c> of the form body is accepted. This applies
    /// only to signatures in the header. The oldest clients sign in this way. Anyone who captures such a request can change these fields.
    /// </param>
    /// <remarks>
    /// <para>
    /// The signature is checked with all parameters. If it does not match and <paramref name="formMayBeUnsigned"/> allows it, the signature
    /// is also checked without these fields. If the path has escaped non-ASCII characters, both checks are repeated with these characters
    /// unescaped, for clients that sign the path before they escape it.
    /// </para>
    /// <para>
    /// Signatures are compared in constant time. If the key is unknown, call this method with any secret, so that the request takes the
    /// same time.
    /// </para>
    /// </remarks>
    public bool Verify(ReadOnlySpan<char> secret, bool formMayBeUnsigned = false)
    {
        var size = Encoding.UTF8.GetMaxByteCount(secret.Length);
        Span<byte> utf8 = size <= 512 ? stackalloc byte[size] : new byte[size];
        return Verify(utf8[..Encoding.UTF8.GetBytes(secret, utf8)], formMayBeUnsigned);
    }

    /// <inheritdoc cref="Verify(ReadOnlySpan{char}, bool)"/>
    /// <param name="utf8Secret">The secret of <see cref="ConsumerKey"/> in UTF-8. An empty secret verifies no request.</param>
    /// <param name="formMayBeUnsigned">Whether a signature that does not cover the data fields of the form body is accepted.</param>
    public bool Verify(ReadOnlySpan<byte> utf8Secret, bool formMayBeUnsigned = false)
    {
        if (utf8Secret.IsEmpty) return false;

        var size = HmacSha1.MaxKeyBytes(utf8Secret.Length);
        Span<byte> key = size <= 512 ? stackalloc byte[size] : new byte[size];
        key = key[..HmacSha1.WriteKey(utf8Secret, key)];
        return Matches(key, Parts) || MatchesAlternative(key, formMayBeUnsigned ? _unsigned : null);
    }

    /// <summary>Creates the mark by which a repetition of this request is recognised. This method computes one SHA-256 digest.</summary>
    public OAuthRequestMark CreateMark()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Nonce, hash);
        return new OAuthRequestMark(
            Timestamp, BinaryPrimitives.ReadUInt64BigEndian(hash), BinaryPrimitives.ReadUInt32BigEndian(Signature));
    }

    /// <summary>
    /// Returns the base string that is checked first, in ASCII. If the signatures differ, compare it with the client's base string.
    /// </summary>
    /// <remarks>The base string contains the values in the body. Do not log the base string.</remarks>
    public string GetBaseString() => Encoding.ASCII.GetString(Parts[..^BaseString.Separator.Length]);

    /// <summary>Returns the rented memory.</summary>
    public void Dispose()
    {
        if (_buffer is { } buffer) ArrayPool<byte>.Shared.Return(buffer);
        _buffer = null;
    }

    private static OAuthFailure Read(in OAuthMessage message, bool onlyKey, out OAuthRequest? request, out string? key)
    {
        request = null;
        key = null;
        var query = message.Query.TrimStart('?');
        var header = AuthorizationHeader.GetParameters(message.Authorization);
        var textBytes = 3L * (query.Length + header.Length);
        if (textBytes + message.Form.Length > MaxBytes) return OAuthFailure.TooLarge;

        var text = ArrayPool<byte>.Shared.Rent((int)textBytes);
        var queryBytes = Encoding.UTF8.GetBytes(query, text);
        var headerBytes = Encoding.UTF8.GetBytes(header, text.AsSpan(queryBytes));
        var parameters = new SignedParameters(queryBytes + headerBytes + message.Form.Length);
        try
        {
            parameters.AddForm(text.AsSpan(0, queryBytes), ParameterLocation.Query);
            var wellFormed = AuthorizationHeader.TryCollect(text.AsSpan(queryBytes, headerBytes), ref parameters);
            parameters.AddForm(message.Form, ParameterLocation.Body);

            Span<byte> signature = stackalloc byte[HmacSha1.Bytes];
            var protocol = default(ProtocolParameters);
            var failure = !wellFormed ? OAuthFailure.MalformedHeader
                : parameters.IsOverfull ? OAuthFailure.TooManyParameters
                : SortAndRead(ref protocol, parameters, signature);
            byte[] bodyHash = [];
            if (failure == OAuthFailure.None && protocol.HasBodyHash) failure = ReadBodyHash(message, protocol, out bodyHash);
            if (failure != OAuthFailure.None) return failure;
            if (onlyKey) key = Decode(protocol.Key);
            else request = new OAuthRequest(message, parameters, protocol, signature, bodyHash);
            return failure;
        }
        finally
        {
            parameters.Dispose();
            ArrayPool<byte>.Shared.Return(text);
        }
    }

    private static OAuthFailure SortAndRead(ref ProtocolParameters protocol, in SignedParameters parameters, scoped Span<byte> signature)
    {
        parameters.Sort();
        return protocol.Read(parameters, signature);
    }

    private static OAuthFailure ReadBodyHash(in OAuthMessage message, in ProtocolParameters protocol, out byte[] hash)
    {
        hash = new byte[HmacSha1.Bytes];
        return !protocol.TryDecodeBodyHash(hash) ? OAuthFailure.MalformedBodyHash
            : message.HasOtherBody || HmacSha1.HashBody(message.Form).AsSpan().SequenceEqual(hash) ? OAuthFailure.None
            : OAuthFailure.WrongBodyHash;
    }

    private bool Matches(ReadOnlySpan<byte> key, ReadOnlySpan<byte> parts)
    {
        Span<byte> expected = stackalloc byte[HmacSha1.Bytes];
        HmacSha1.Sign(key, parts[..^BaseString.Separator.Length], expected);
        return CryptographicOperations.FixedTimeEquals(expected, Signature);
    }

    private bool MatchesAlternative(ReadOnlySpan<byte> key, List<Range>? unsigned)
    {
        var escapedPath = AlternativeBaseString.HasEscapedNonAscii(Parts[_path]);
        if (unsigned is null && !escapedPath) return false;

        var scratch = ArrayPool<byte>.Shared.Rent(_length);
        try
        {
            return (unsigned is not null && Matches(key, AlternativeBaseString.Write(Parts, default, unsigned, scratch)))
                || (escapedPath && Matches(key, AlternativeBaseString.Write(Parts, _path, null, scratch)))
                || (escapedPath && unsigned is not null
                    && Matches(key, AlternativeBaseString.Write(Parts, _path, unsigned, scratch)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    private static string Decode(ReadOnlySpan<byte> encodedTwice)
    {
        Span<byte> bytes = encodedTwice.Length <= 512 ? stackalloc byte[encodedTwice.Length] : new byte[encodedTwice.Length];
        return Encoding.UTF8.GetString(bytes[..PercentEncoding.DecodeTwice(encodedTwice, bytes)]);
    }
}
