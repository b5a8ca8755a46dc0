using System.Text;
using Audrey.Gateway.Authentication;

namespace Audrey.Gateway.Tests.Authentication;

public sealed class BasicCredentialTests
{
    [Theory]
    [InlineData("u:s", "u", "s", true)]
    [InlineData("a:b:s:t", "a:b", "s:t", true)]
    [InlineData("ü:ß", "ü", "ß", true)]
    [InlineData("u:s", "u", "t", false)]
    [InlineData("u:s", "v", "s", false)]
    [InlineData("u:ss", "u", "s", false)]
    [InlineData("us", "u", "s", false)]
    [InlineData("u:", "u", "s", false)]
    [InlineData("u:", "u", "", false)]
    [InlineData("", "u", "s", false)]
    public void The_user_and_the_secret_must_be_these(string given, string user, string secret, bool verified) =>
        Assert.Equal(verified, BasicCredential.Verify(Header(given), user, Encoding.UTF8.GetBytes(secret)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic ?")]
    [InlineData("Bearer dTpz")]
    public void What_is_no_credential_verifies_nothing(string? header)
    {
        Assert.False(BasicCredential.Verify(header, "u", "s"u8));
        Assert.Null(BasicCredential.UserOf(header));
    }

    [Fact]
    public void A_credential_beyond_all_bounds_is_not_looked_at() =>
        Assert.False(BasicCredential.Verify(Header("u:" + new string('s', 100_000)), "u", Encoding.UTF8.GetBytes(new string('s', 100_000))));

    [Fact]
    public void The_user_ends_at_the_first_colon() => Assert.Equal("u", BasicCredential.UserOf(Header("u:s:t")));

    private static string Header(string text) => "basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
