using System.Buffers.Binary;
using System.Security.Cryptography;
using Audrey.Protocol.Authentication;

namespace Audrey.Protocol.Tests.Authentication;

public sealed class OAuthRequestMarkTests
{
    private const string Query = "oauth_consumer_key=k&oauth_signature_method=HMAC-SHA1&oauth_timestamp=12&oauth_nonce=n%20%2B"
        + "&oauth_signature=3q2%2B7wAAAAAAAAAAAAAAAAAAAAA%3D";

    [Fact]
    public void A_request_mark_consists_of_the_timestamp_the_nonce_and_the_signature() => Assert.Equal(
        new OAuthRequestMark(12, BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData("n +"u8)), 0xDEADBEEF),
        MarkOf(Query));

    [Fact]
    public void The_order_of_the_parameters_does_not_change_the_mark() =>
        Assert.Equal(MarkOf(Query), MarkOf(string.Join('&', Query.Split('&').Reverse())));

    [Theory]
    [InlineData("=12", "=13")]
    [InlineData("=n", "=m")]
    [InlineData("=3q2", "=4q2")]
    public void A_different_request_has_a_different_mark(string part, string other) =>
        Assert.NotEqual(MarkOf(Query), MarkOf(Query.Replace(part, other, StringComparison.Ordinal)));

    private static OAuthRequestMark MarkOf(string query)
    {
        using var request = new Wire(Query: query).Parse();
        return request.CreateMark();
    }
}
