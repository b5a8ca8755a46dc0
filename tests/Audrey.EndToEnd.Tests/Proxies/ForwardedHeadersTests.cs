using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Authentication;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Proxies;

public sealed class ForwardedHeadersTests
{
    [Fact]
    public async Task The_address_the_host_and_the_scheme_that_a_configured_proxy_forwards_are_used()
    {
        await using var server = await RunningServer.Start("--Audrey:Proxies:0=127.0.0.0/8");
        var uuid = NewId("proxied");
        Assert.Equal(200, (await server.Conductor.Post($"/configs/2/{uuid}", Document(uuid, "", "d"))).Status);

        var signer = new OAuthSigner(uuid, SecretOf(uuid), TimeProvider.System);
        var target = signer.SignQuery("GET", new OAuthTarget("https", "config.example.com", $"/configs/0/{uuid}"));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(target, UriKind.Relative));
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "config.example.com");
        Assert.Equal(200, (await Answer.Receive(server.Http, request)).Status);
        Assert.Equal("203.0.113.9", (await server.Conductor.Get($"/ip/2/{uuid}")).Text);
    }
}
