using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Audrey.Protocol.Authentication;

/// <summary>The signature method, HMAC-SHA1 with a consumer secret and no token secret (RFC 5849, section 3.4.2).</summary>
internal static class HmacSha1
{
    public const string Name = "HMAC-SHA1";
    public const int Bytes = HMACSHA1.HashSizeInBytes;

    /// <summary>Creates the key of the HMAC: the percent-encoded secret, followed by <c>&amp;</c>.</summary>
    public static byte[] CreateKey(ReadOnlySpan<char> secret)
    {
        var utf8 = new byte[Encoding.UTF8.GetByteCount(secret)];
        Encoding.UTF8.GetBytes(secret, utf8);
        var key = new byte[MaxKeyBytes(utf8.Length)];
        return key[..WriteKey(utf8, key)];
    }

    public static int MaxKeyBytes(int secretBytes) => secretBytes * 3 + 1;

    public static int WriteKey(ReadOnlySpan<byte> secret, Span<byte> destination)
    {
        var length = PercentEncoding.Encode(secret, destination);
        destination[length] = (byte)'&';
        return length + 1;
    }

    [SuppressMessage("Security", "CA5350", Justification = "The guests' protocol requires HMAC-SHA1. Collisions of SHA-1 do not break it.")]
    public static void Sign(ReadOnlySpan<byte> key, ReadOnlySpan<byte> baseString, Span<byte> signature) =>
        HMACSHA1.HashData(key, baseString, signature);

    [SuppressMessage("Security", "CA5350", Justification = "The body hash extension that the guests use requires SHA-1.")]
    public static byte[] HashBody(ReadOnlySpan<byte> body) => SHA1.HashData(body);
}
