using Audrey.Cli.Profiles;

namespace Audrey.Cli.Tests.Profiles;

public sealed class ProfileRulesTests
{
    private static readonly Profile Good =
        new() { Name = "shop", Url = "https://config.example.com:4567", Key = "shop", SecretFile = "/secret" };

    [Fact]
    public void A_complete_profile_has_no_problem() => Assert.Empty(ProfileRules.Problems(Good));

    [Theory]
    [InlineData("https://10.0.0.5:4567")]
    [InlineData("https://[fe80::1]:4567/under/a/path")]
    [InlineData("http://127.0.0.1:4567")]
    [InlineData("http://127.9.9.9:4567")]
    [InlineData("http://[::1]:4567")]
    [InlineData("http://localhost:4567")]
    public void An_https_URL_or_a_URL_on_this_machine_is_accepted(string url) => Assert.Null(ProfileRules.UrlProblem(url));

    [Theory]
    [InlineData("http://10.0.0.5:4567", "is not https")]
    [InlineData("http://localhost.example.com", "is not https")]
    [InlineData("http://config:4567", "write https://config:4567")]
    [InlineData("10.0.0.5:30000", "is not the address of a server")]
    [InlineData("ftp://config", "is not the address of a server")]
    [InlineData("", "is not the address of a server")]
    [InlineData("https://shop:secret@config", "must not contain a user")]
    [InlineData("https://config?a=b", "must not contain a user, a query")]
    public void Any_other_URL_is_refused_and_the_error_explains_the_remedy(string url, string expected) =>
        Assert.Contains(expected, ProfileRules.UrlProblem(url), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("-x")]
    [InlineData("a/b")]
    [InlineData("a b")]
    public void A_profile_name_that_is_not_a_simple_file_name_is_refused(string name) => Assert.NotNull(ProfileRules.NameProblem(name));

    [Fact]
    public void A_pin_is_a_SHA256_with_or_without_colons()
    {
        var digits = string.Concat(Enumerable.Repeat("0a", 32));

        Assert.Equal(digits, ProfileRules.ParsePin(digits));
        Assert.Equal(digits, ProfileRules.ParsePin(string.Join(':', Enumerable.Repeat("0A", 32))));
        Assert.Null(ProfileRules.ParsePin(digits[2..]));
        Assert.Null(ProfileRules.ParsePin(digits[2..] + "xy"));
    }

    [Fact]
    public void Every_problem_of_a_profile_is_reported()
    {
        var bad = Good with { Url = "http://config", Key = "a:b", CaFile = "ca", CertificateSha256 = "12", SecretVariable = "SECRET" };

        string[] problems = [.. ProfileRules.Problems(bad)];

        Assert.Collection(
            problems,
            problem => Assert.Contains("https", problem, StringComparison.Ordinal),
            problem => Assert.Contains("colon", problem, StringComparison.Ordinal),
            problem => Assert.Contains("--pin", problem, StringComparison.Ordinal),
            problem => Assert.Contains("64 hexadecimal digits", problem, StringComparison.Ordinal),
            problem => Assert.Contains("where the secret is", problem, StringComparison.Ordinal));
        var homeless = Assert.Single(ProfileRules.Problems(Good with { SecretFile = null }));
        Assert.Contains("where the secret is", homeless, StringComparison.Ordinal);
    }
}
