using Audrey.Grains.Rendering;

namespace Audrey.Grains.Tests.Rendering;

public sealed class KeyedDigestTests
{
    // The key and the input are the bytes 0, 1, 2 and so on. The first three digests are published test vectors. The others come from
    // OpenSSL: openssl mac -macopt hexkey:000102030405060708090a0b0c0d0e0f -macopt size:16 -in TEXT SIPHASH
    [Theory]
    [InlineData(0, "A3817F04BA25A8E66DF67214C7550293")]
    [InlineData(1, "DA87C1D86B99AF44347659119B22FC45")]
    [InlineData(2, "8177228DA4A45DC7FCA38BDEF60AFFE4")]
    [InlineData(7, "A1F1EBBED8DBC153C0B84AA61FF08239")]
    [InlineData(8, "3B62A9BA6258F5610F83E264F31497B4")]
    [InlineData(15, "5493E99933B0A8117E08EC0F97CFC3D9")]
    [InlineData(63, "5150D1772F50834A503E069A973FBD7C")]
    [InlineData(190, "EBF13DCDA45BB3E360E6FA3D211C1163")]
    public void A_digest_equals_that_of_other_implementations(int length, string expected) =>
        Assert.Equal(expected, Hex(new KeyedDigest(Numbers(16)), Numbers(length)));

    [Fact]
    public void Digests_are_equal_only_for_the_same_secret_and_text()
    {
        var digest = Hex(KeyedDigest.FromSecret("secret"), "text"u8);
        Assert.Equal(digest, Hex(KeyedDigest.FromSecret("secret"), "text"u8));
        Assert.NotEqual(digest, Hex(KeyedDigest.FromSecret("secreu"), "text"u8));
        Assert.NotEqual(digest, Hex(KeyedDigest.FromSecret("secret"), "texu"u8));
        Assert.NotEqual(digest, Hex(KeyedDigest.FromSecret("secrett"), "ext"u8));
    }

    private static string Hex(KeyedDigest digests, ReadOnlySpan<byte> text)
    {
        Span<byte> digest = stackalloc byte[KeyedDigest.Bytes];
        digests.Compute(text, digest);
        return Convert.ToHexString(digest);
    }

    private static byte[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(number => (byte)number)];
}
