using System.Buffers;
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
    private const int MostOnStack = 1024;

    // Made once: to set one up costs more than to digest with it.
    [ThreadStatic]
    private static IncrementalHash? s_hash;

    /// <summary>Makes a digest.</summary>
    /// <param name="key">The key.</param>
    /// <param name="text">The text, which must not end with a zero byte.</param>
    /// <param name="digest">Where it is written, <see cref="Bytes"/> long.</param>
    public static void Of(ReadOnlySpan<byte> key, ReadOnlySpan<byte> text, Span<byte> digest)
    {
        var (keyEnd, textEnd) = (WholeBlocks(key.Length), WholeBlocks(key.Length) + WholeBlocks(text.Length));
        var length = textEnd + key.Length;
        byte[]? rented = null;
        var all = (length <= MostOnStack ? stackalloc byte[MostOnStack] : rented = ArrayPool<byte>.Shared.Rent(length))[..length];
        key.CopyTo(all);
        all[key.Length..keyEnd].Clear();
        text.CopyTo(all[keyEnd..]);
        all[(keyEnd + text.Length)..textEnd].Clear();
        key.CopyTo(all[textEnd..]);

        // In one piece: each call of the platform's costs about as much as a block.
        var hash = s_hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(all);
        hash.GetHashAndReset(digest);
        CryptographicOperations.ZeroMemory(all);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }

    private static int WholeBlocks(int bytes) => (bytes + BlockBytes - 1) / BlockBytes * BlockBytes;
}
