using Audrey.Core.Completion;
using Audrey.Core.Statuses;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

/// <summary>The summary of a deployable has the counts of its instances, and its instances can be read by state.</summary>
[Collection(ServerCollection.Name)]
public sealed class SummaryTests(ServerFixture server)
{
    private const int Webs = 30;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly string _id = NewId("shop");

    private BasicClient Conductor => server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);

    private BasicClient Other => server.Server.Basic(RunningServer.OtherConductorKey, RunningServer.OtherConductorSecret);

    [Fact]
    public async Task The_summary_has_the_counts_by_state_and_by_assembly_and_the_longest_waits()
    {
        await Launch();
        await Guest("lb").Hello();
        for (var i = 0; i < 3; i++) await Guest($"web{i}").Give(1, ("ip", $"10.0.0.{i}"));

        var summary = await Until(one => one.Counts is { Instances: Webs + 1, Complete: 3, Incomplete: 1 });

        var counts = summary.Counts!;
        Assert.Equal((Webs - 3, 0, 0, 1), (counts.NeverHeardFrom, counts.Failed, counts.OutOfDate, counts.Waiting));
        Assert.Equal((CompletionStatus.Incomplete, false, false), (summary.Status, summary.IsTimedOut, summary.IsRecounting));
        Assert.Equal(["lb", "web"], summary.Assemblies.Select(one => one.Assembly));
        Assert.Equal(Webs, summary.Assemblies[1].Counts.Instances);
        Assert.Equal($"lb-{_id}", summary.Important[0].Id.Value);
        Assert.NotEmpty(summary.Important[0].Waits);
        Assert.Equal(1 + CountedInstances.MaxImportant, summary.Important.Length);
        Assert.Equal(summary.Launch!.Deadline, summary.Deadline);
        BasicClient.Problem(await Other.Get($"/v3/deployables/{_id}/summary"), 404);
    }

    [Fact]
    public async Task A_failure_is_in_the_summary_once_its_event_can_be_read()
    {
        await Launch();
        await Guest("lb").PutOwn("services/s", new() { ["generation"] = 1, ["run"] = 1, ["state"] = "ended", ["exitStatus"] = 3 });
        long after = 0;
        for (var isKnown = false; !isKnown;)
        {
            var page = BasicClient.Read(
                await Conductor.Get($"/v3/deployables/{_id}/events?after={after}&wait=5"), Version3Json.Default.EventList);
            isKnown = page.Events.Any(entry => entry.Kind == "service-failed");
            after = page.Events.Count > 0 ? page.Events[^1].Number : after;
        }

        var summary = await Summary();

        Assert.Equal((CompletionStatus.Error, 1), (summary.Status, summary.Counts!.Failed));
        Assert.Equal(CompletionStatus.Error, summary.Important[0].Status);
    }

    [Fact]
    public async Task Instances_are_read_by_state_in_pages_of_a_limited_size()
    {
        await Launch();
        for (var i = 0; i < 5; i++) await Guest($"web{i}").Give(1, ("ip", "10.0.0.1"));
        await Until(one => one.Counts is { Instances: Webs + 1, Complete: 5 });

        var first = await Page("status=success&limit=3");
        var second = await Page($"status=success&limit=3&after={first.Next}");
        Assert.Equal((3, first.Instances[^1].Id.Value), (first.Instances.Length, first.Next));
        Assert.Equal((2, null), (second.Instances.Length, second.Next));
        Assert.Equal(5, first.Instances.Concat(second.Instances).DistinctBy(instance => instance.Id).Count());
        Assert.All(first.Instances.Concat(second.Instances), instance => Assert.Equal(CompletionStatus.Success, instance.Status));
        Assert.Single((await Page("assembly=lb&limit=128")).Instances);
        Assert.Empty((await Page("status=error&limit=128")).Instances);

        Assert.Equal("limit", Refused(await Conductor.Get($"/v3/deployables/{_id}/instances?limit=0")));
        Assert.Equal("limit", Refused(await Conductor.Get($"/v3/deployables/{_id}/instances?limit=129")));
        Assert.Equal("after", Refused(await Conductor.Get($"/v3/deployables/{_id}/instances?limit=3&after=nobody")));
        BasicClient.Problem(await Other.Get($"/v3/deployables/{_id}/instances?limit=3"), 404);
    }

    private static string Refused(Answer answer) => BasicClient.Problem(answer, 400).Errors!.Single().Pointer;

    private BasicClient Guest(string name) => server.Server.Basic($"{name}-{_id}", SecretOf($"{name}-{_id}"));

    private async Task<DeployableSummary> Summary() =>
        BasicClient.Read(await Conductor.Get($"/v3/deployables/{_id}/summary"), StatusJson.Default.DeployableSummary);

    private async Task<InstancesPage> Page(string query) =>
        BasicClient.Read(await Conductor.Get($"/v3/deployables/{_id}/instances?{query}"), StatusJson.Default.InstancesPage);

    /// <summary>Returns the summary as soon as it is as expected.</summary>
    private async Task<DeployableSummary> Until(Func<DeployableSummary, bool> expected)
    {
        using var limit = new CancellationTokenSource(Deadline);
        while (true)
        {
            var summary = await Summary();
            if (expected(summary)) return summary;
            Assert.False(limit.IsCancellationRequested, $"the summary has {summary.Counts}");
        }
    }

    /// <summary>Launches a group, and a balancer that needs the addresses of all members.</summary>
    private async Task Launch()
    {
        var body = new DeployableRequest
        {
            Name = "the shop",
            DeadlineSeconds = 3600,
            Instances =
            [
                .. from i in Enumerable.Range(0, Webs)
                   select new InstanceRequest
                   {
                       Id = $"web{i}-{_id}",
                       Assembly = "web",
                       Ordinal = i,
                       Secret = SecretOf($"web{i}-{_id}"),
                       Provide = [new() { Name = "ip" }],
                   },
                new()
                {
                    Id = $"lb-{_id}",
                    Assembly = "lb",
                    Secret = SecretOf($"lb-{_id}"),
                    Services =
                    [
                        new()
                        {
                            Name = "s",
                            Executable = new() { Contents = "#!/bin/sh\n" },
                            Parameters = [new() { Name = "ips", From = new() { Instance = $"web9-{_id}", Parameter = "ip" } }],
                        },
                    ],
                },
            ],
        };
        var registered = await Conductor.Put($"/v3/deployables/{_id}", body, Version3Json.Default.DeployableRequest);
        Assert.True(registered.Status == 200, registered.Text);
    }
}
