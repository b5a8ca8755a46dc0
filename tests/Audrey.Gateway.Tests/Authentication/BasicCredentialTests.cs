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
    public void A_credential_is_valid_only_with_the_expected_user_and_secret(string given, string user, string secret, bool verified) =>
        Assert.Equal(verified, BasicCredential.Verify(Header(given), user, Encoding.UTF8.GetBytes(secret)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic ?")]
    [InlineData("Bearer dTpz")]
    public void A_malformed_credential_is_refused(string? header)
    {
        Assert.False(BasicCredential.Verify(header, "u", "s"u8));
        Assert.Null(BasicCredential.UserOf(header));
        Assert.False(BasicCredential.IsOf(header, "u"));
    }

    [Theory]
    [InlineData("u:s", "u", true)]
    [InlineData("a:b:s", "a:b", true)]
    [InlineData("u:", "u", true)]
    [InlineData("u:s", "v", false)]
    [InlineData("uu:s", "u", false)]
    [InlineData("u", "u", false)]
    public void A_credential_is_of_the_user_before_its_secret(string given, string user, bool expected) =>
        Assert.Equal(expected, BasicCredential.IsOf(Header(given), user));

    [Fact]
    public void A_credential_over_the_size_limit_is_refused() =>
        Assert.False(BasicCredential.Verify(Header("u:" + new string('s', 100_000)), "u",
            Encoding.UTF8.GetBytes(new string('s', 100_000))));

    [Fact]
    public void The_name_of_the_user_ends_at_the_first_colon() => Assert.Equal("u", BasicCredential.UserOf(Header("u:s:t")));

    private static string Header(string text) => "basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
