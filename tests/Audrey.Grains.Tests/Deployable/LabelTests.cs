using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Events;
using Audrey.Grains.Tests.Cluster;
using Audrey.Grains.Tests.Events;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Deployable;

[Collection(ClusterCollection.Name)]
public sealed class LabelTests(ClusterFixture fixture)
{
    private readonly Deployment _d = fixture.Deployment("labels-" + Guid.NewGuid());

    [Fact]
    public async Task Members_that_a_scaling_adds_leave_out_the_ordinal_whose_label_another_instance_has()
    {
        await _d.Register(Member(0));
        await _d.Register(_d.Config("web-2"));

        var added = (await Scale(new(_d.Command(), "web", 4))).Added;

        Assert.Equal([1, 3, 4], added.Select(member => member.Ordinal));
        Assert.Empty((await Scale(new(_d.Command(), "web", 0, Leaving: ["web-2"]))).Removed);
        Assert.Equal([added[1].Id], (await Scale(new(_d.Command(), "web", 0, Leaving: ["web-3"]))).Removed.AsEnumerable());
        Assert.Equal([6], (await BeginScale("web", 4, "web-5")).Select(member => member.Ordinal));
    }

    [Fact]
    public async Task Reports_and_events_have_the_label_and_a_replacement_keeps_it()
    {
        await _d.Register(Member(1));
        await _d.Register(_d.Config("lb", [], Service("proxy", _d.From("ip", "web1", "ip"))));
        await _d.Instance("web1").Replace(_d.Command(), "another secret");
        await _d.Get("web1");

        var reader = new EventsReader(fixture.Grains, _d);
        await reader.Until(EventKind.FirstContact, "web1");

        Assert.Equal("web-1", (await _d.Report("web1")).Label);
        Assert.Equal(_d.InstanceId("lb").Value, (await _d.Report("lb")).Label);
        Assert.All(
            await reader.All(),
            told => Assert.Equal(told.Instance == _d.InstanceId("web1").Value ? "web-1" : told.Instance, told.Label));
        var provider = _d.Provider("web1");
        Assert.Equal(("web", "web-1"), await provider.GetPresence(_d.Id, 1) is var presence ? (presence.Name, presence.Label) : default);
        Assert.Null((await provider.GetPresence(_d.Id, 2)).Label);
    }

    private InstanceConfig Member(int ordinal) => _d.Config($"web{ordinal}", ["ip"]) with { Name = "web", Ordinal = ordinal };

    private async Task<ScaleAnswer> Scale(ScaleRequest request)
    {
        var answer = await _d.Grain.Scale(request);
        Assert.Equal(ConductorOutcome.Done, answer.Outcome);
        return answer;
    }

    /// <summary>Registers an instance of another assembly, and scales the group as a request over HTTP does.</summary>
    private async Task<IEnumerable<AddedMember>> BeginScale(string group, int count, string other)
    {
        await _d.Register(_d.Config(other));
        await _d.Grain.BeginScale(new(_d.Command(), group, count));
        await _d.Grain.Resume();
        return (await _d.Grain.GetScaled(new(_d.Conductor, group))).Added;
    }
}
