using System.Security.Cryptography;
using Audrey.Grains.Instance;

namespace Audrey.Grains.Tests.Instance;

public sealed class KeyedDigestTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(6, 190)]
    [InlineData(64, 128)]
    [InlineData(200, 63)]
    [InlineData(30, 5000)]
    public void It_is_the_digest_of_key_and_text_in_whole_blocks_and_the_key(int keyLength, int textLength)
    {
        var key = Enumerable.Range(1, keyLength).Select(number => (byte)(number % 251 + 1)).ToArray();
        var text = Enumerable.Range(1, textLength).Select(number => (byte)(number % 199 + 1)).ToArray();
        Assert.Equal(SHA256.HashData([.. Blocks(key), .. Blocks(text), .. key]), Of(key, text));
    }

    [Fact]
    public void Another_key_or_another_text_makes_another_digest_and_the_same_the_same()
    {
        var digest = Of("key"u8, "text"u8);
        Assert.Equal(digest, Of("key"u8, "text"u8));
        Assert.NotEqual(digest, Of("kez"u8, "text"u8));
        Assert.NotEqual(digest, Of("key"u8, "texu"u8));
        Assert.NotEqual(digest, Of("keyt"u8, "ext"u8));
    }

    private static byte[] Of(ReadOnlySpan<byte> key, ReadOnlySpan<byte> text)
    {
        var digest = new byte[KeyedDigest.Bytes];
        KeyedDigest.Of(key, text, digest);
        return digest;
    }

    private static byte[] Blocks(byte[] bytes)
    {
        var filled = new byte[(bytes.Length + 63) / 64 * 64];
        bytes.CopyTo(filled, 0);
        return filled;
    }
}
