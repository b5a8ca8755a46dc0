using System.Net;
using System.Text;
using Audrey.Abstractions.Credentials;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Authentication;
using Audrey.Protocol.Version3;

namespace Audrey.EndToEnd.Tests.Access;

/// <summary>Wrong secrets for the key of a conductor are slowed down over HTTP, for each source.</summary>
public sealed class WrongSecretTests : IAsyncLifetime
{
    private const string Path = "/v3/deployables";

    private RunningServer _server = null!;

    public async Task InitializeAsync() => _server = await RunningServer.Start("--Audrey:Proxies:0=127.0.0.0/8");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_source_waits_after_some_wrong_secrets_and_no_other_source_does()
    {
        for (var i = 0; i < WrongSecrets.MaxFree; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await Send("203.0.113.1", $"guess {i}")).Status);
        var (status, after, problem) = await Send("203.0.113.1", "another guess");
        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(1)), (status, after));
        Assert.Contains(ProblemTypes.TooManyRequests, problem, StringComparison.Ordinal);
        Assert.Contains("too many wrong secrets", problem, StringComparison.Ordinal);

        // The right secret waits as well, but only at this source. A signature is a secret of the same key.
        Assert.Equal(HttpStatusCode.TooManyRequests, (await Send("203.0.113.1", RunningServer.ConductorSecret)).Status);
        Assert.Equal(HttpStatusCode.OK, (await Send("203.0.113.2", RunningServer.ConductorSecret)).Status);
        Assert.Equal(HttpStatusCode.OK, (await Send("2001:db8::1", RunningServer.ConductorSecret)).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await Signed("203.0.113.1", RunningServer.ConductorSecret)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Signed("203.0.113.2", RunningServer.ConductorSecret)).StatusCode);

        // It is accepted as soon as the wait is over, and ends the count.
        while ((await Send("203.0.113.1", RunningServer.ConductorSecret)).Status != HttpStatusCode.OK)
        {
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await Send("203.0.113.1", "guess")).Status);
        Assert.Equal(HttpStatusCode.OK, (await Send("203.0.113.1", RunningServer.ConductorSecret)).Status);
    }

    [Fact]
    public async Task The_networks_of_ipv6_are_one_source_each_and_wrong_signatures_count()
    {
        for (var i = 0; i < WrongSecrets.MaxFree; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await Signed($"2001:db8::{i}", $"guess {i}")).StatusCode);
        var refused = await Signed("2001:db8::99", RunningServer.ConductorSecret);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.Equal(HttpStatusCode.OK, (await Signed("2001:db8:0:1::1", RunningServer.ConductorSecret)).StatusCode);
    }

    [Fact]
    public async Task The_test_of_a_credential_reveals_nothing_and_guests_are_not_slowed()
    {
        for (var i = 0; i < 2 * WrongSecrets.MaxFree; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await Signed("203.0.113.5", $"guess {i}", "/auth")).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await Signed("203.0.113.6", $"guess {i}", "/auth", "a-guest")).StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await Signed("203.0.113.5", RunningServer.ConductorSecret, "/auth")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Signed("203.0.113.6", RunningServer.ConductorSecret, "/auth")).StatusCode);
    }

    private async Task<(HttpStatusCode Status, TimeSpan? RetryAfter, string Body)> Send(string source, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Path, UriKind.Relative));
        request.Headers.Authorization =
            new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{RunningServer.ConductorKey}:{secret}")));
        request.Headers.Add("X-Forwarded-For", source);
        request.Headers.Add("X-Forwarded-Proto", "https");
        using var answer = await _server.Http.SendAsync(request);
        return (answer.StatusCode, answer.Headers.RetryAfter?.Delta, await answer.Content.ReadAsStringAsync());
    }

    private async Task<HttpResponseMessage> Signed(
        string source, string secret, string path = "/ip/2/unknown", string key = RunningServer.ConductorKey)
    {
        var signer = new OAuthSigner(key, secret, TimeProvider.System);
        var target = new OAuthTarget("http", _server.Endpoint.Authority, path);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(signer.SignQuery("GET", target), UriKind.Relative));
        request.Headers.Add("X-Forwarded-For", source);
        var answer = await _server.Http.SendAsync(request);
        if (answer.StatusCode == HttpStatusCode.NotFound) answer.StatusCode = HttpStatusCode.OK;
        return answer;
    }
}
