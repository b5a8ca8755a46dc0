using System.Text;
using Audrey.Protocol.Authentication;

namespace Audrey.Protocol.Tests.Authentication;

public sealed class OAuthSignerTests
{
    private static readonly OAuthTarget Target = new("http", "config.example.com:8080", "/params/1/u", "a=1");

    [Fact]
    public void The_timestamp_and_the_nonce_come_from_the_given_sources()
    {
        var signer = new OAuthSigner("u", "secret", new FixedTime(1349000000), () => "54 321");
        var header = signer.SignHeader("GET", Target with { Query = "" }, realm: "", bodyHash: OAuthSigner.EmptyBodyHash);
        Assert.Equal(
            "OAuth realm=\"\", oauth_body_hash=\"2jmj7l5rSw0yVb%2FvlWAYkK%2FYBwk%3D\", oauth_consumer_key=\"u\", oauth_nonce=\"54%20321\", "
            + "oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"1349000000\", oauth_version=\"1.0\", oauth_signature=\"",
            header[..(header.IndexOf("oauth_signature=", StringComparison.Ordinal) + 17)]);
    }

    [Fact]
    public void Nonces_do_not_repeat()
    {
        var signer = new OAuthSigner("u", "secret", new FixedTime(1));
        var queries = Enumerable.Range(0, 1000).Select(_ => signer.SignQuery("GET", Target)).ToHashSet();
        Assert.Equal(1000, queries.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_signature_is_verified_whichever_location_it_is_in(bool omitVersion)
    {
        var signer = new OAuthSigner("u", "secret", new FixedTime(1)) { OmitVersion = omitVersion };
        var form = "audrey_data=%7C"u8;
        var wire = new Wire("PUT", Target.Path, Target.Query, Host: Target.Host);
        Assert.True((wire with { Authorization = signer.SignHeader("PUT", Target) }).Verify("secret"));
        Assert.True((wire with { Authorization = signer.SignHeader("PUT", Target, form), Form = "audrey_data=%7C" }).Verify("secret"));
        Assert.True((wire with { Query = signer.SignQuery("PUT", Target).Split('?')[1] }).Verify("secret"));
        Assert.True((wire with { Query = signer.SignQuery("PUT", Target, form).Split('?')[1], Form = "audrey_data=%7C" }).Verify("secret"));
        Assert.True((wire with { Form = Encoding.ASCII.GetString(signer.SignForm("PUT", Target, form)) }).Verify("secret"));
        Assert.True((wire with { Form = Encoding.ASCII.GetString(signer.SignForm("PUT", Target, default)) }).Verify("secret"));
    }

    [Fact]
    public void The_body_hash_is_the_sha_1_of_the_body()
    {
        Assert.Equal(OAuthSigner.EmptyBodyHash, OAuthSigner.HashBody(default));
        Assert.Equal("Lve95gjOVATpfV8EL5X4nxwjKHE=", OAuthSigner.HashBody("Hello World!"u8));
    }

    [Fact]
    public void A_target_is_escaped_in_the_same_way_as_the_sent_request() => Assert.Equal(
        new OAuthTarget("https", "h:8443", "/a%20b/%C3%A9", "q=1"),
        OAuthTarget.FromUri(new Uri("https://h:8443/a b/é?q=1")));

    [Fact]
    public void Too_many_fields_are_refused()
    {
        var form = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, OAuthRequest.MaxParameters).Select(i => $"&f{i}=")));
        Assert.Throws<ArgumentException>(() => new OAuthSigner("u", "s", TimeProvider.System).SignForm("PUT", Target, form));
    }

    private sealed class FixedTime(long seconds) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(seconds);
    }
}
