using System.Net;
using Audrey.Gateway.Tests.Support;
using Audrey.Gateway.Tests.Waiting;

namespace Audrey.Gateway.Tests.Authentication;

/// <summary>Requests that come from another machine and are forwarded by a configured proxy.</summary>
public sealed class SecretTransportTests
{
    private static readonly (string, string) Proxy = ("Audrey:Proxies:0", "127.0.0.1");

    [Theory]
    [InlineData("http", null, false)]
    [InlineData("https", null, true)]
    [InlineData("http", "true", true)]
    public async Task A_secret_from_another_machine_is_accepted_over_TLS_or_if_the_operator_allows_plain_HTTP(
        string scheme, string? allowed, bool isAccepted)
    {
        await using var gateway = await RunningGateway.Start(
            new GuestDouble().Factory, allowed is null ? [Proxy] : [Proxy, ("Audrey:Gateway:BasicWithoutTls", allowed)]);
        foreach (var path in new[] { $"/v3/instances/{Uri.EscapeDataString(GuestDouble.Uuid)}/configuration", "/v3/deployables?after=x" })
        {
            var credential = path.StartsWith("/v3/instances", StringComparison.Ordinal)
                ? RunningGateway.Basic(GuestDouble.Uuid, GuestDouble.Secret)
                : RunningGateway.Basic(RunningGateway.ConductorKey, RunningGateway.ConductorSecret);
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
            request.Headers.Authorization = credential;
            request.Headers.Add("X-Forwarded-For", "203.0.113.7");
            request.Headers.Add("X-Forwarded-Proto", scheme);
            using var answer = await gateway.Http.SendAsync(request);
            var body = await answer.Content.ReadAsStringAsync();
            Assert.Equal(isAccepted, answer.StatusCode != HttpStatusCode.Forbidden);
            Assert.Equal(!isAccepted, body.Contains("urn:audrey:problem:tls-required", StringComparison.Ordinal));
        }
    }
}
