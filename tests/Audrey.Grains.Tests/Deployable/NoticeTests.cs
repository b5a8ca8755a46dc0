using System.Text.Json;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Instances;
using Audrey.Grains.Tests.Cluster;
using Audrey.Protocol.Version3;
using Audrey.Testing;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Deployable;

/// <summary>Members of a group that leave are told first, and have a time to hand over their work.</summary>
[Collection(ClusterCollection.Name)]
public sealed class NoticeTests(ClusterFixture cluster)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly Deployment _d = cluster.Deployment();

    [Fact]
    public async Task A_member_is_told_and_removed_when_its_guest_has_applied_that_configuration()
    {
        await Launch();
        var (before, both) = (await Poll("web1"), await _d.Read("lb"));

        Assert.Equal(ConductorOutcome.ScalingUnfinished, (await Scale(1, Hour)).Outcome);

        var told = await Poll("web1");
        Assert.NotEqual(before.Revision, told.Revision);
        var configuration = JsonSerializer.Deserialize(told.Body!, Version3Json.Default.Configuration)!;
        var report = await _d.Report("web1");
        Assert.Equal(report.LeaveBy, configuration.LeaveBy);
        Assert.InRange(report.LeaveBy!.Value - report.Registered, Hour, Hour * 1.1);
        Assert.Null((await _d.Report("web0")).LeaveBy);
        Assert.Equal(report.LeaveBy, (await _d.Grain.GetScaling(_d.Conductor, "web"))!.LeaveBy);
        Assert.Equal(report.LeaveBy, (await _d.Grain.GetHeader())!.Scaling!.LeaveBy);
        Assert.Equal(both, await _d.Read("lb"));

        await Apply("web1", before.Revision);
        Assert.False((await _d.Grain.GetScaling(_d.Conductor, "web"))!.IsFinished);
        await Apply("web1", told.Revision);

        Assert.Equal([_d.InstanceId("web1")], (await UntilScaled(1)).Removed.AsEnumerable());
        Assert.Null(await _d.Guest("web1").GetCredential());
        Assert.Null((await _d.Grain.GetScaling(_d.Conductor, "web"))!.LeaveBy);
        Assert.NotEqual(both, await _d.Read("lb"));
    }

    [Fact]
    public async Task A_member_is_removed_after_the_notice_although_its_guest_is_not_done()
    {
        await Launch();

        Assert.Equal(ConductorOutcome.ScalingUnfinished, (await Scale(1, TimeSpan.FromMilliseconds(50))).Outcome);

        Assert.Equal([_d.InstanceId("web1")], (await UntilScaled(1)).Removed.AsEnumerable());
    }

    [Fact]
    public async Task A_member_whose_guest_cannot_be_told_is_removed_at_once()
    {
        // Guests of version 2 do not say what they have applied.
        await Launch(applies: false);
        Assert.Equal([_d.InstanceId("web1")], (await Scale(1, Hour)).Removed.AsEnumerable());
        Assert.Empty((await Scale(1, Hour)).Removed);
    }

    [Fact]
    public async Task Other_commands_are_carried_out_while_members_have_time_and_the_scaling_survives_restarts()
    {
        await Launch();
        Assert.Equal(ConductorOutcome.Done, (await Begin(new(_d.Command(), "web", 1, Notice: Hour))).Outcome);
        await Until(async () => (await _d.Report("web1")).LeaveBy is not null);
        Assert.Equal(ConductorOutcome.ScalingUnfinished, (await Begin(new(_d.Command(), "web", 4))).Outcome);
        Assert.Equal(ConductorOutcome.Done, (await _d.Register(_d.Config("other"))).Outcome);
        await cluster.Restart(_d.Grain);
        await cluster.Restart(_d.Instance("web1"));
        Assert.NotNull((await _d.Report("web1")).LeaveBy);
        Assert.Equal(ConductorOutcome.ScalingUnfinished, (await Scale(1, Hour)).Outcome);

        // The same scaling with a shorter notice shortens the notice.
        Assert.Equal(ConductorOutcome.Done, (await Begin(new(_d.Command(), "web", 1, Notice: TimeSpan.Zero))).Outcome);

        await Until(async () => (await _d.Grain.GetScaling(_d.Conductor, "web"))!.IsFinished);
        Assert.Null(await _d.Guest("web1").GetCredential());
    }

    [Fact]
    public async Task A_deployable_is_deleted_while_members_have_time()
    {
        await Launch();
        Assert.Equal(ConductorOutcome.ScalingUnfinished, (await Scale(1, Hour)).Outcome);

        Assert.Equal(ConductorOutcome.Done, (await _d.Grain.Delete(_d.Command())).Outcome);

        Assert.Null(await _d.Grain.GetHeader());
        Assert.Null(await _d.Guest("web1").GetCredential());
    }

    [Fact]
    public async Task A_notice_that_is_too_long_is_refused()
    {
        await Launch();
        var answer = await Scale(1, TimeSpan.FromHours(25));
        Assert.Equal(ConductorOutcome.SourcesRefused, answer.Outcome);
        Assert.Equal("the notice must be from 0 to 24 hours", Assert.Single(answer.Problems));
    }

    private async Task Launch(bool applies = true)
    {
        string[] members = ["web0", "web1"];
        var ips = _d.Of("ips", members, "ip");
        await _d.Register(_d.Config("lb", [], Service("proxy", ips with { Group = ips.Group! with { Assembly = "web" } })));
        foreach (var (i, member) in members.Index())
        {
            await _d.Register(_d.Config(member, ["ip"]) with { Name = "web", Ordinal = i, Stay = true });
            await _d.Provide(member, "ip", $"10.0.0.{i}");
            if (applies) await Apply(member, (await Poll(member)).Revision);
        }
    }

    private Task<ScaleAnswer> Scale(int count, TimeSpan notice) => _d.Grain.Scale(new(_d.Command(), "web", count, Notice: notice));

    private Task<ConductorAnswer> Begin(ScaleRequest request) => _d.Grain.BeginScale(request);

    /// <summary>Requests the scaling until it is finished, and returns its result.</summary>
    private async Task<ScaleAnswer> UntilScaled(int count)
    {
        ScaleAnswer answer = null!;
        await Until(async () => (answer = await _d.Grain.Scale(new(_d.Command(), "web", count, Recall: true))).Outcome
            != ConductorOutcome.ScalingUnfinished);
        return answer;
    }

    private async Task<ConfigurationAnswer> Poll(string name) =>
        (await _d.Guest(name).Poll(await _d.Contact(name, version: 3), null, isFromGuest: true, null)).Value!;

    private async Task Apply(string name, string revision) =>
        await _d.Guest(name).ReportApplied(await _d.Contact(name, version: 3), new(1, revision));

    private static Task Until(Func<Task<bool>> condition) => Deadlines.Until(condition, "the scaling goes on");
}
