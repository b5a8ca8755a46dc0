using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Audrey.Grains.Recovery;
using Audrey.Grains.Tests.Cluster;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Deployable;

/// <summary>Commands return as soon as they are durable. The deployable then carries them out without further calls.</summary>
[Collection(ClusterCollection.Name)]
public sealed class BackgroundWorkTests(ClusterFixture fixture)
{
    private readonly Deployment _d = fixture.Deployment();

    [Fact]
    public async Task The_command_to_scale_returns_before_the_first_step_and_the_scaling_is_finished_without_another_call()
    {
        await Group();
        using var ended = fixture.Calls.Watch("End", UnfinishedWork.KeyOf(_d.Id));
        using (var barrier = fixture.Calls.Close("GetConfig", "lb-" + _d.Tag))
        {
            Assert.Equal(ConductorOutcome.Done, (await Begin(4)).Outcome);
            await barrier.Arrived;
            Assert.Equal(new ScalingReport(4, IsFinished: false), await State());
            Assert.Equal(ConductorOutcome.ScalingUnfinished, (await Read()).Outcome);
            Assert.Equal(("web", 4), ((await _d.Grain.GetHeader())!.Scaling!.Assembly, (await _d.Grain.GetHeader())!.Scaling!.Count));
        }

        await ended.Passed;
        Assert.Equal(new ScalingReport(4, IsFinished: true, 2, 0), await State());
        Assert.Equal([2, 3], (await Read()).Added.Select(member => member.Ordinal));
        Assert.Equal(4, (await Group(4)).Count);
    }

    [Fact]
    public async Task During_a_scaling_the_same_command_is_accepted_again_and_a_different_command_is_refused()
    {
        await Group();
        using var ended = fixture.Calls.Watch("End", UnfinishedWork.KeyOf(_d.Id));
        using (var barrier = fixture.Calls.Close("Amend", "lb-" + _d.Tag))
        {
            await Begin(3);
            await barrier.Arrived;
            Assert.Equal(ConductorOutcome.Done, (await Begin(3)).Outcome);
            Assert.Equal(new ScalingReport(3, IsFinished: false, 1, 0), await State());
            foreach (var other in new[] { await Begin(2), await Begin(3, "lb") })
            {
                Assert.Equal(ConductorOutcome.ScalingUnfinished, other.Outcome);
                Assert.Contains("group 'web'", other.Problems.Single(), StringComparison.Ordinal);
            }
        }

        await ended.Passed;
        Assert.Equal(3, (await Group(3)).Count);
    }

    [Fact]
    public async Task Commands_that_cannot_be_carried_out_are_refused()
    {
        Assert.Equal(ConductorOutcome.NotFound, (await Begin(3)).Outcome);
        Assert.Equal(ConductorOutcome.NotFound, (await _d.Grain.BeginDelete(_d.Command())).Outcome);
        await Group();
        Assert.Equal(ConductorOutcome.CountRefused, (await Begin(-1)).Outcome);
        var other = new ConductorCommand(ConductorKey.Parse("other"), null);
        Assert.Equal(ConductorOutcome.NotYours, (await _d.Grain.BeginScale(new(other, "web", 3))).Outcome);
        Assert.Equal(ConductorOutcome.NotYours, (await _d.Grain.BeginDelete(other)).Outcome);

        using (var ended = fixture.Calls.Watch("End", UnfinishedWork.KeyOf(_d.Id)))
        {
            Assert.Equal(ConductorOutcome.Done, (await Begin(3, "lb")).Outcome);
            await ended.Passed;
        }

        Assert.Equal($"deployable {_d.Id} has no group 'lb'", (await State("lb"))!.Problem);
        Assert.Equal(ConductorOutcome.NotFound, (await Read("lb")).Outcome);
        Assert.Null(await State());
        Assert.Null((await _d.Grain.GetHeader())!.Scaling);
        await Finish(3);
        Assert.Null(await State("lb"));
    }

    [Fact]
    public async Task A_repeated_scaling_keeps_the_result_unless_the_group_has_changed_in_the_meantime()
    {
        await Group();
        await Finish(3);
        var added = (await Read()).Added.Single();
        await Finish(3);
        Assert.Equal(added, (await Read()).Added.Single());

        await _d.Register(_d.Config("web7", ["ip"]) with { Name = "web", Ordinal = 7 });
        await Finish(3);
        Assert.Equal([_d.InstanceId("web7")], (await Read(removed: true)).Removed.AsEnumerable());
        Assert.Equal(ConductorOutcome.NotFound, (await Read(after: added.Id)).Outcome);
        Assert.Contains(added.Id, await Group(3));
    }

    [Theory, InlineData("GetConfig"), InlineData("Amend")]
    public async Task A_scaling_that_was_interrupted_is_finished_after_a_restart(string step)
    {
        await Group();
        using (var barrier = fixture.Calls.Close(step, "lb-" + _d.Tag))
        {
            await Begin(4);
            await barrier.Arrived;
            barrier.Break();
            await fixture.Restart(_d.Grain);
            await fixture.Restart(fixture.Grains.UnfinishedWorkOf(_d.Id));
        }

        using var ended = fixture.Calls.Watch("End", UnfinishedWork.KeyOf(_d.Id));
        await fixture.Grains.UnfinishedWorkOf(_d.Id).Resume();
        await ended.Passed;
        Assert.Equal(new ScalingReport(4, IsFinished: true, 2, 0), await State());
        Assert.Equal(4, (await Group(4)).Count);
    }

    [Fact]
    public async Task A_deletion_that_begins_during_a_scaling_also_deletes_the_new_instances()
    {
        await Group();
        using var ended = fixture.Calls.Watch("End", UnfinishedWork.KeyOf(_d.Id));
        using (var barrier = fixture.Calls.Close("Amend", "lb-" + _d.Tag))
        {
            await Begin(4);
            await barrier.Arrived;
            for (var i = 0; i < 2; i++) Assert.Equal(ConductorOutcome.Done, (await _d.Grain.BeginDelete(new(_d.Conductor, null))).Outcome);
            Assert.True((await _d.Grain.GetHeader())!.Deleting);
            Assert.Equal(ConductorOutcome.BeingDeleted, (await Begin(4)).Outcome);
        }

        await ended.Passed;
        Assert.Null(await _d.Grain.GetHeader());
        foreach (var state in new[] { "members", "dependents", "deployables", "tarball" })
            Assert.False(fixture.Storage.Has(state, _d.Tag), state);
        Assert.Equal(ConductorOutcome.NotFound, (await _d.Grain.BeginDelete(new(_d.Conductor, null))).Outcome);
    }

    [Fact]
    public async Task A_deletion_and_a_scaling_that_begin_at_the_same_time_leave_no_instance()
    {
        await Group();
        var commands = new List<Task>();
        for (var i = 0; i < 20; i++)
        {
            commands.Add(Begin(3 + (i % 2)));
            if (i == 10) commands.Add(_d.Grain.BeginDelete(new(_d.Conductor, null)));
        }

        await Task.WhenAll(commands);
        using var ended = fixture.Calls.Watch("Resume", _d.Tag);
        await fixture.Grains.UnfinishedWorkOf(_d.Id).Begin(_d.Id);
        await fixture.Grains.UnfinishedWorkOf(_d.Id).Resume();
        await ended.Passed;
        Assert.Null(await _d.Grain.GetHeader());
        Assert.False(fixture.Storage.Has("members", _d.Tag));
        Assert.Null(await _d.Grain.Resume());
    }

    [Fact]
    public async Task A_repeated_command_to_renew_a_secret_returns_the_secret_of_the_first_command()
    {
        await Group();
        var mark = new RequestMark(0, 7, 7);
        var first = await _d.Instance("web0").Renew(_d.Conductor, mark, "one");
        Assert.Equal("one", first.Secret);
        await fixture.Restart(_d.Instance("web0"));
        Assert.Equal("one", (await _d.Instance("web0").Renew(_d.Conductor, mark, "two")).Secret);
        Assert.Equal(2, (await _d.Guest("web0").GetCredential())!.Generation);

        Assert.Equal("three", (await _d.Instance("web0").Renew(_d.Conductor, new(0, 8, 8), "three")).Secret);
        Assert.Equal("three", (await _d.Guest("web0").GetCredential())!.Secret);
        var refused = await _d.Instance("web0").Renew(ConductorKey.Parse("other"), mark, "four");
        Assert.Equal((ConductorOutcome.NotYours, null), (refused.Answer.Outcome, refused.Secret));
    }

    /// <summary>Launches a balancer that refers to a group of two instances.</summary>
    private async Task Group()
    {
        var ips = _d.Of("ips", ["web0", "web1"], "ip");
        ips = ips with { Group = ips.Group! with { Assembly = "web" } };
        await _d.Register(_d.Config("lb", [], Service("proxy", ips)));
        for (var i = 0; i < 2; i++) await _d.Register(_d.Config($"web{i}", ["ip"]) with { Name = "web", Ordinal = i });
    }

    /// <summary>Returns the instances of the group, and asserts that the balancer refers to exactly these instances.</summary>
    private async Task<IReadOnlyList<InstanceId>> Group(int size)
    {
        var web = (await _d.Grain.GetReports(0)).Where(report => report.Name == "web").Select(report => report.Id).ToList();
        Assert.Equal(size, web.Count);
        var group = (await _d.Member("lb").GetConfig(_d.Id, 1))!.Services[0].Parameters[0].Group!;
        Assert.Equal(web.Select(id => id.Value).Order(), group.Members.Select(id => id.Value).Order());
        return web;
    }

    private Task<ConductorAnswer> Begin(int count, string assembly = "web") =>
        _d.Grain.BeginScale(new(new(_d.Conductor, null), assembly, count));

    private async Task Finish(int count)
    {
        using var ended = fixture.Calls.Watch("End", UnfinishedWork.KeyOf(_d.Id));
        Assert.Equal(ConductorOutcome.Done, (await Begin(count)).Outcome);
        await ended.Passed;
        Assert.True((await State())!.IsFinished);
    }

    private Task<ScalingReport?> State(string assembly = "web") => _d.Grain.GetScaling(_d.Conductor, assembly);

    private Task<ScaledPage> Read(string assembly = "web", bool removed = false, InstanceId? after = null) =>
        _d.Grain.GetScaled(new(_d.Conductor, assembly, removed, after));
}
