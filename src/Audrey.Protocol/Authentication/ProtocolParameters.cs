using System.Buffers;
using System.Buffers.Text;
using System.Numerics;

namespace Audrey.Protocol.Authentication;

/// <summary>The <c>oauth_</c> parameters of a request. All spans are still encoded twice.</summary>
internal ref struct ProtocolParameters
{
    private const int MaxTimestampDigits = 18;

    private bool _hasKey;
    private bool _hasSignature;
    private bool _hasVersion;
    private bool _hasBodyHash;
    private ParameterLocation _locations;

    public ReadOnlySpan<byte> Key { get; private set; }

    public ReadOnlySpan<byte> Nonce { get; private set; }

    public long Timestamp { get; private set; }

    public readonly string? Version => _hasVersion ? "1.0" : null;

    /// <summary>Whether the parameters are in the Authorization header.</summary>
    public readonly bool IsInHeader => _locations == ParameterLocation.Header;

    /// <summary>Whether there is a body hash that is not the hash of an empty body.</summary>
    public readonly bool HasBodyHash => _hasBodyHash && !BodyHash.SequenceEqual("2jmj7l5rSw0yVb%252FvlWAYkK%252FYBwk%253D"u8);

    private ReadOnlySpan<byte> BodyHash { get; set; }

    private ReadOnlySpan<byte> Signature { get; set; }

    private ReadOnlySpan<byte> Method { get; set; }

    private ReadOnlySpan<byte> TimestampText { get; set; }

    private ReadOnlySpan<byte> VersionText { get; set; }

    /// <summary>Finds and checks the parameters. Writes the decoded signature to <paramref name="signature"/>.</summary>
    public OAuthFailure Read(in SignedParameters sorted, scoped Span<byte> signature)
    {
        var isMisplaced = false;
        for (var i = 0; i < sorted.Count; i++)
        {
            var name = sorted.Name(i);
            if (!name.StartsWith("oauth_"u8))
            {
                isMisplaced |= sorted.IsMisplaced(i);
                continue;
            }

            if (sorted.IsRepeated(i)) return OAuthFailure.DuplicateParameter;

            _locations |= sorted.Location(i);
            Set(name, sorted.Value(i));
        }

        return _locations == ParameterLocation.None ? OAuthFailure.NoCredential
            : isMisplaced ? OAuthFailure.MisplacedField
            : Check(signature);
    }

    /// <summary>Decodes the body hash. Returns false if it is malformed.</summary>
    public readonly bool TryDecodeBodyHash(scoped Span<byte> hash) => TryDecodeHash(BodyHash, hash);

    private void Set(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("oauth_consumer_key"u8))
        {
            Key = value;
            _hasKey = true;
        }
        else if (name.SequenceEqual("oauth_nonce"u8))
        {
            Nonce = value;
        }
        else if (name.SequenceEqual("oauth_signature"u8))
        {
            Signature = value;
            _hasSignature = true;
        }
        else if (name.SequenceEqual("oauth_signature_method"u8))
        {
            Method = value;
        }
        else if (name.SequenceEqual("oauth_timestamp"u8))
        {
            TimestampText = value;
        }
        else if (name.SequenceEqual("oauth_version"u8))
        {
            VersionText = value;
            _hasVersion = true;
        }
        else if (name.SequenceEqual("oauth_body_hash"u8))
        {
            BodyHash = value;
            _hasBodyHash = true;
        }
    }

    private OAuthFailure Check(scoped Span<byte> signature)
    {
        if (Key.IsEmpty) return _hasKey ? OAuthFailure.EmptyKey : OAuthFailure.MissingKey;
        if (!Method.SequenceEqual("HMAC-SHA1"u8)) return OAuthFailure.UnknownSignatureMethod;
        if (_hasVersion && !VersionText.SequenceEqual("1.0"u8)) return OAuthFailure.UnknownVersion;
        if (Nonce.IsEmpty) return OAuthFailure.MissingNonce;
        if (TimestampText.IsEmpty) return OAuthFailure.MissingTimestamp;
        if (TimestampText.Length > MaxTimestampDigits
            || TimestampText.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0
            || !Utf8Parser.TryParse(TimestampText, out long timestamp, out _))
            return OAuthFailure.MalformedTimestamp;

        Timestamp = timestamp;
        if (!_hasSignature || Signature.IsEmpty) return OAuthFailure.MissingSignature;
        if (!TryDecodeHash(Signature, signature)) return OAuthFailure.MalformedSignature;

        return BitOperations.IsPow2((uint)_locations) ? OAuthFailure.None : OAuthFailure.SeveralLocations;
    }

    /// <summary>
    /// Decodes the base64 of 20 bytes. Only canonical base64 is accepted: encoding the decoded bytes again must produce the same text.
    /// </summary>
    private static bool TryDecodeHash(ReadOnlySpan<byte> encoded, scoped Span<byte> hash)
    {
        const int base64Length = (HmacSha1.Bytes + 2) / 3 * 4;
        if (encoded.Length > base64Length * PercentEncoding.MaxExpansion) return false;

        Span<byte> base64 = stackalloc byte[encoded.Length];
        var length = PercentEncoding.DecodeTwice(encoded, base64);
        return length == base64Length
            && Base64.DecodeFromUtf8(base64[..length], hash, out var consumed, out var written) == OperationStatus.Done
            && consumed == length
            && written == HmacSha1.Bytes
            && "AEIMQUYcgkosw048"u8.Contains(base64[length - 2]);
    }
}
