using System.Security.Cryptography;

namespace Audrey.Grains.Instance;

/// <summary>
/// A digest that only who has the key can make: SHA-256 of the key, the text and the key again, key and text each filled up with zeros to whole
/// blocks (the sandwich construction, Yasuda, ACISP 2007). HMAC is as good, but the platform's is much slower for a text this short, and one value
/// may make ten thousand digests. See decision 0024.
/// </summary>
internal static class KeyedDigest
{
    /// <summary>The length of a digest in bytes.</summary>
    public const int Bytes = SHA256.HashSizeInBytes;

    private const int BlockBytes = 64;

    // Made once: to set one up costs more than to digest with it.
    [ThreadStatic]
    private static IncrementalHash? s_hash;

    /// <summary>Makes a digest.</summary>
    /// <param name="key">The key.</param>
    /// <param name="text">The text, which must not end with a zero byte.</param>
    /// <param name="digest">Where it is written, <see cref="Bytes"/> long.</param>
    public static void Of(ReadOnlySpan<byte> key, ReadOnlySpan<byte> text, Span<byte> digest)
    {
        var hash = s_hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AppendFilled(hash, key);
        AppendFilled(hash, text);
        hash.AppendData(key);
        hash.GetHashAndReset(digest);
    }

    private static void AppendFilled(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> zeros = stackalloc byte[BlockBytes];
        hash.AppendData(bytes);
        hash.AppendData(zeros[..((BlockBytes - bytes.Length % BlockBytes) % BlockBytes)]);
    }
}
