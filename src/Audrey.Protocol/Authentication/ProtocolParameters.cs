using System.Buffers;
using System.Buffers.Text;

namespace Audrey.Protocol.Authentication;

/// <summary>The <c>oauth_</c> parameters of a request. All spans are still encoded twice.</summary>
internal ref struct ProtocolParameters
{
    private const int MaxTimestampDigits = 18;

    private bool _hasKey;
    private bool _hasSignature;
    private bool _hasVersion;

    public ReadOnlySpan<byte> Key { get; private set; }

    public ReadOnlySpan<byte> Nonce { get; private set; }

    public long Timestamp { get; private set; }

    public readonly string? Version => _hasVersion ? "1.0" : null;

    private ReadOnlySpan<byte> Signature { get; set; }

    private ReadOnlySpan<byte> Method { get; set; }

    private ReadOnlySpan<byte> TimestampText { get; set; }

    private ReadOnlySpan<byte> VersionText { get; set; }

    /// <summary>Finds and checks the parameters. Writes the decoded signature to <paramref name="signature"/>.</summary>
    public OAuthFailure Read(in SignedParameters sorted, scoped Span<byte> signature)
    {
        var isAnyFound = false;
        for (var i = 0; i < sorted.Count; i++)
        {
            var name = sorted.Name(i);
            if (!name.StartsWith("oauth_"u8)) continue;

            isAnyFound = true;
            if (i > 0 && name.SequenceEqual(sorted.Name(i - 1))) return OAuthFailure.DuplicateParameter;

            Set(name, sorted.Value(i));
        }

        return isAnyFound ? Check(signature) : OAuthFailure.NoCredential;
    }

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
        return TryDecodeSignature(Signature, signature) ? OAuthFailure.None : OAuthFailure.MalformedSignature;
    }

    private static bool TryDecodeSignature(ReadOnlySpan<byte> encoded, Span<byte> signature)
    {
        const int base64Length = (HmacSha1.Bytes + 2) / 3 * 4;
        if (encoded.Length > base64Length * PercentEncoding.MaxExpansion) return false;

        Span<byte> base64 = stackalloc byte[encoded.Length];
        var length = PercentEncoding.DecodeTwice(encoded, base64);
        return length == base64Length
            && Base64.DecodeFromUtf8(base64[..length], signature, out var consumed, out var written) == OperationStatus.Done
            && consumed == length
            && written == HmacSha1.Bytes;
    }
}
