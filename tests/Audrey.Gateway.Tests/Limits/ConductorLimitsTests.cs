using System.Net;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;
using Audrey.Gateway.Tests.Support;
using Audrey.Testing;
using Orleans;

namespace Audrey.Gateway.Tests.Limits;

public sealed class ConductorLimitsTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_request_of_a_conductor_at_its_limit_is_rejected_until_another_of_its_requests_is_done()
    {
        var (asked, held) = (new SemaphoreSlim(0), new TaskCompletionSource());
        var conductor = GrainDouble.Create<IConductorGrain>((_, _) => List());
        await using var gateway = await RunningGateway.Start(
            GrainDouble.Create<IGrainFactory>((_, _) => conductor), ("Audrey:Gateway:MaxActivePerConductor", "1"));
        var first = Ask(gateway);
        Assert.True(await asked.WaitAsync(Deadline), "the list was not read");
        using var second = await Ask(gateway).WaitAsync(Deadline);
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.NotNull(second.Headers.RetryAfter);
        Assert.Contains("urn:audrey:problem:too-many-requests", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        held.SetResult();
        using var answered = await first.WaitAsync(Deadline);
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        // A request still counts toward the limit for a short time after its answer was sent.
        HttpStatusCode third;
        do
        {
            using var again = await Ask(gateway).WaitAsync(Deadline);
            third = again.StatusCode;
        }
        while (third == HttpStatusCode.TooManyRequests);
        Assert.Equal(HttpStatusCode.OK, third);

        async Task<DeployablesPage> List()
        {
            asked.Release();
            await held.Task;
            return new DeployablesPage([DeployableId.Parse("d")], 1);
        }
    }

    private static async Task<HttpResponseMessage> Ask(RunningGateway gateway)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v3/deployables");
        request.Headers.Authorization = RunningGateway.Basic(RunningGateway.ConductorKey, RunningGateway.ConductorSecret);
        return await gateway.Http.SendAsync(request);
    }
}
