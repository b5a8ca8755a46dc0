using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;
using Audrey.Grains.Tests.Cluster;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Instance;

/// <summary>The command that runs a failed service again.</summary>
[Collection(ClusterCollection.Name)]
public sealed class RetryTests(ClusterFixture cluster)
{
    [Fact]
    public async Task The_command_is_in_the_configuration_until_the_next_one_and_a_repetition_changes_nothing()
    {
        var d = await Failed(stay: true);
        var first = await Poll(d);
        var command = d.Command();

        var answer = await d.Instance("web").RetryServices(command, null);

        Assert.Equal((ConductorOutcome.Done, true), (answer.Outcome, answer.IsListening));
        Assert.Equal([("http", 2L)], answer.Retries.Select(retry => (retry.Service, retry.Run)));
        var second = await Poll(d);
        Assert.NotEqual(first.Revision, second.Revision);
        await cluster.Restart(d.Instance("web"));
        var repeated = await d.Instance("web").RetryServices(command, null);
        Assert.Equal(answer.Retries.AsEnumerable(), repeated.Retries);
        Assert.Equal(second.Revision, (await Poll(d)).Revision);

        await End(d, 2, 0);
        Assert.Equal(second.Revision, (await Poll(d)).Revision);
        Assert.Equal(ConductorOutcome.NotFailed, (await d.Instance("web").RetryServices(d.Command(), null)).Outcome);
        await End(d, 3, 1);
        Assert.Equal(4, Assert.Single((await d.Instance("web").RetryServices(d.Command(), "http")).Retries).Run);
    }

    [Fact]
    public async Task A_command_is_recognised_although_others_followed_and_runs_the_service_only_once()
    {
        var d = await Failed(stay: true);
        var first = d.Command();
        Assert.Equal(2, Assert.Single((await d.Instance("web").RetryServices(first, null)).Retries).Run);
        await End(d, 2, 1);
        Assert.Equal(3, Assert.Single((await d.Instance("web").RetryServices(d.Command(), null)).Retries).Run);
        await End(d, 3, 1);
        var before = await Poll(d);
        await cluster.Restart(d.Instance("web"));

        var repeated = await d.Instance("web").RetryServices(first, null);

        Assert.Equal((ConductorOutcome.Done, 2L), (repeated.Outcome, Assert.Single(repeated.Retries).Run));
        Assert.Equal(before.Revision, (await Poll(d)).Revision);
    }

    [Fact]
    public async Task A_guest_that_does_not_stay_is_not_listening()
    {
        var d = await Failed(stay: false);

        var answer = await d.Instance("web").RetryServices(d.Command(), "http");

        Assert.Equal((ConductorOutcome.Done, false), (answer.Outcome, answer.IsListening));
        Assert.NotNull(answer.LastContact);
    }

    [Fact]
    public async Task What_cannot_run_again_is_refused_with_the_reason()
    {
        var d = await Failed(stay: true);
        Assert.Equal(ConductorOutcome.NotFound, (await d.Instance("web").RetryServices(d.Command(), "htpt")).Outcome);
        Assert.Equal(ConductorOutcome.NotFailed, (await d.Instance("web").RetryServices(d.Command(), "other")).Outcome);
        Assert.Equal(ConductorOutcome.NotFound, (await d.Instance("nobody").RetryServices(d.Command(), null)).Outcome);
        await d.Register(d.Config("old", null, Service("http")));
        await d.End("old", "http", "1");
        var old = await d.Instance("old").RetryServices(d.Command(), null);
        Assert.Equal(ConductorOutcome.NotFailed, old.Outcome);
        Assert.Contains("--again", Assert.Single(old.Problems), StringComparison.Ordinal);
    }

    private async Task<Deployment> Failed(bool stay)
    {
        var d = cluster.Deployment();
        await d.Register(d.Config("web", null, Service("http"), Service("other")) with { Stay = stay });
        await End(d, 1, 0, "other");
        await End(d, 1, 1);
        return d;
    }

    private static async Task<ConfigurationAnswer> Poll(Deployment d) =>
        (await d.Guest("web").Poll(await d.Contact("web", version: 3), null, isFromGuest: true, null)).Value!;

    private static async Task End(Deployment d, long run, int exitStatus, string service = "http") => await d.Guest("web").ReportService(
        await d.Contact("web", version: 3),
        new ServiceRunReport { Generation = 1, Service = service, Run = run, Step = ServiceStep.Ended, ExitStatus = exitStatus });
}
