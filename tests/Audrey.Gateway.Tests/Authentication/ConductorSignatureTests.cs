using System.Net;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Instances;
using Audrey.Gateway.Tests.Support;
using Audrey.Protocol.Authentication;
using Audrey.Testing;
using Microsoft.Extensions.Time.Testing;
using Orleans;

namespace Audrey.Gateway.Tests.Authentication;

public sealed class ConductorSignatureTests
{
    [Theory]
    [InlineData(-200, null, HttpStatusCode.OK)]
    [InlineData(200, null, HttpStatusCode.OK)]
    [InlineData(-400, null, HttpStatusCode.Unauthorized)]
    [InlineData(400, null, HttpStatusCode.Unauthorized)]
    [InlineData(3_000_000_000, null, HttpStatusCode.Unauthorized)]
    [InlineData(-400, "00:10:00", HttpStatusCode.OK)]
    [InlineData(-40, "00:00:20", HttpStatusCode.Unauthorized)]
    public async Task The_timestamp_of_a_conductor_must_be_close_to_the_time_of_the_server(
        long seconds, string? setting, HttpStatusCode expected)
    {
        await using var gateway = await RunningGateway.Start(
            GrainDouble.Create<IGrainFactory>((_, arguments) => arguments[0] is GrainKeys.Credentials
                ? GrainDouble.Create<ICredentialsGrain>((_, _) => new ValueTask<CredentialSet?>(new CredentialSet(1, [])))
                : GrainDouble.Create<IInstanceDouble>((_, _) => new ValueTask<InstanceCredential?>(result: null))),
            setting is null ? [] : [("Audrey:Gateway:MaxConductorClockSkew", setting)]);
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddSeconds(seconds));
        var signer = new OAuthSigner(RunningGateway.ConductorKey, RunningGateway.ConductorSecret, clock);
        for (var i = 0; i < 2; i++)
        {
            var signed = signer.SignQuery("GET", new("http", gateway.Http.BaseAddress!.Authority, "/auth"));
            using var answer = await gateway.Http.GetAsync(new Uri(signed, UriKind.Relative));
            Assert.Equal(expected, answer.StatusCode);
        }

        // The response does not contain the reason, so the reason is logged. It is logged only once.
        Assert.Equal(expected == HttpStatusCode.OK ? 0 : 1, gateway.Log.Text.Split("its timestamp is ").Length - 1);
    }

    [Theory]
    [InlineData(RunningGateway.ConductorSecret, 1)]
    [InlineData("another secret", 0)]
    public async Task An_unsigned_form_is_refused_and_the_reason_is_logged_once_if_the_secret_is_right(string secret, int logged)
    {
        await using var gateway = await RunningGateway.Start(GrainDouble.Create<IGrainFactory>((_, _) =>
            GrainDouble.Create<ICredentialsGrain>((_, _) => new ValueTask<CredentialSet?>(new CredentialSet(1, [])))));
        var signer = new OAuthSigner(RunningGateway.ConductorKey, secret, TimeProvider.System);
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/configs/2/web")
            {
                Content = new FormUrlEncodedContent([new("data", "a document")]),
            };
            var target = new OAuthTarget("http", gateway.Http.BaseAddress!.Authority, "/configs/2/web");
            request.Headers.TryAddWithoutValidation("Authorization", signer.SignHeader("POST", target));
            using var answer = await gateway.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        Assert.Equal(logged, gateway.Log.Text.Split("its signature does not cover its body").Length - 1);
        Assert.DoesNotContain(RunningGateway.ConductorSecret, gateway.Log.Text, StringComparison.Ordinal);
    }
}
