using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Events;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Grains.Tests.Cluster;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Deployable;

[Collection(ClusterCollection.Name)]
public sealed class HandOverTests(ClusterFixture fixture)
{
    private readonly Deployment _d = fixture.Deployment("giver-" + Guid.NewGuid().ToString("N"));
    private readonly ConductorKey _taker = ConductorKey.Parse("taker-" + Guid.NewGuid().ToString("N"));

    [Fact]
    public async Task The_new_owner_has_everything_and_the_guests_notice_nothing()
    {
        await Register();
        var before = await _d.Guest("web").GetCredential();
        Assert.Equal(ConductorOutcome.Done, (await _d.Grain.HandOver(_taker)).Outcome);

        await AssertHandedOver();
        Assert.Equal(before!.Generation, (await _d.Guest("web").GetCredential())!.Generation);
        Assert.Equal("Complete |service|s|parameters|db&MQ==|", await _d.Read("web"));
        Assert.Equal(new(_taker, IsUnfinished: false), await _d.Grain.GetOwnership());

        // A repetition changes nothing. The old owner can do nothing, and the new one everything.
        Assert.Equal(ConductorOutcome.Done, (await _d.Grain.HandOver(_taker)).Outcome);
        Assert.Equal(ConductorOutcome.NotYours, (await _d.Register(_d.Config("late"))).Outcome);
        Assert.Equal(ConductorOutcome.NotYours, (await _d.Instance("web").Replace(_d.Command(), "secret")).Outcome);
        Assert.Equal(ConductorOutcome.NotYours, (await _d.Grain.Delete(_d.Command())).Outcome);
        Assert.Equal(ConductorOutcome.Done, (await _d.Register(_d.Config("late"), new ConductorCommand(_taker, Mark()))).Outcome);
        Assert.Equal(ConductorOutcome.Done, (await _d.Instance("web").Replace(new ConductorCommand(_taker, Mark()), "secret")).Outcome);
        Assert.Equal(ConductorOutcome.Done, (await _d.Grain.Delete(new ConductorCommand(_taker, Mark()))).Outcome);
        Assert.Empty((await _d.Conducts(_taker)).Deployables);
    }

    [Theory]
    [InlineData("deployables", FailurePoint.BeforeWrite), InlineData("deployables", FailurePoint.AfterWrite)]
    [InlineData("deployable", FailurePoint.BeforeWrite, 2), InlineData("deployable", FailurePoint.AfterWrite, 2)]
    [InlineData("deployable", FailurePoint.BeforeWrite, 3), InlineData("deployable", FailurePoint.AfterWrite, 3)]
    [InlineData("definition", FailurePoint.BeforeWrite), InlineData("definition", FailurePoint.AfterWrite)]
    [InlineData("events", FailurePoint.BeforeWrite), InlineData("events", FailurePoint.AfterWrite)]
    public async Task A_failed_write_is_made_good_without_another_request(string row, FailurePoint point, int number = 1)
    {
        await Register();

        // The list of the old owner is written first, and then its deployable.
        using var held = fixture.Calls.Close("Remove", _d.Conductor.Value);
        Assert.Equal(ConductorOutcome.Done, (await _d.Grain.BeginHandOver(_taker)).Outcome);
        await held.Arrived;
        if (number == 3)
        {
            // The owner is changed by the first write, and the intent ends with the second one.
            using var members = fixture.Calls.Close("HandOver", _d.Tag);
            held.Open();
            await members.Arrived;
            fixture.Storage.FailNext(row, _d.Tag, point);
        }
        else
        {
            fixture.Storage.FailNext(row, row == "deployables" ? _d.Conductor.Value : _d.Tag, point);
            held.Open();
        }

        await Finish().WaitAsync(TimeSpan.FromSeconds(30));
        await AssertHandedOver();
    }

    [Fact]
    public async Task An_interrupted_hand_over_continues_with_another_activation_and_is_not_lost_to_a_deletion()
    {
        await Register();
        using (var held = fixture.Calls.Close("HandOver", _d.InstanceId("web").Value))
        {
            await _d.Grain.BeginHandOver(_taker);
            await held.Arrived;
            Assert.Equal(new(_taker, IsUnfinished: true), await _d.Grain.GetOwnership());
            Assert.Equal(
                ConductorOutcome.HandOverUnfinished, (await _d.Grain.BeginHandOver(ConductorKey.Parse("third"))).Outcome);

            // The deletion waits for the hand-over.
            Assert.Equal(ConductorOutcome.NotYours, (await _d.Grain.BeginDelete(_d.Command())).Outcome);
            Assert.Equal(ConductorOutcome.Done, (await _d.Grain.BeginDelete(new ConductorCommand(_taker, Mark()))).Outcome);
        }

        await _d.Grain.Delete(new ConductorCommand(_taker, Mark()));
        Assert.Null(await _d.Grain.GetHeader());
        foreach (var conductor in new[] { _d.Conductor, _taker }) Assert.Empty((await _d.Conducts(conductor)).Deployables);
        foreach (var state in new[] { "members", "tarball" }) Assert.False(fixture.Storage.Has(state, _d.Tag), state);
    }

    [Fact]
    public async Task What_is_launched_scaled_or_deleted_is_not_handed_over()
    {
        Assert.Equal(ConductorOutcome.NotFound, (await _d.Grain.HandOver(_taker)).Outcome);
        var begun = await _d.Grain.BeginLaunch(
            new() { Command = _d.Command(), Name = "a deployable", Digest = "digest", Instances = 1 });
        Assert.Equal(ConductorOutcome.LaunchUnfinished, (await _d.Grain.HandOver(_taker)).Outcome);
        await _d.Grain.AbandonLaunch(new(_d.Id, begun.Incarnation, "digest"));

        await _d.Register(_d.Config("web") with { Ordinal = 0 });
        using (var held = fixture.Calls.Close("GetConfig", _d.Tag))
        {
            await _d.Grain.BeginScale(new(_d.Command(), "web", 2));
            await held.Arrived;
            Assert.Equal(ConductorOutcome.ScalingUnfinished, (await _d.Grain.HandOver(_taker)).Outcome);
        }

        await _d.Grain.Scale(new(_d.Command(), "web", 2));
        using (var held = fixture.Calls.Close("Delete", _d.InstanceId("web").Value))
        {
            await _d.Grain.BeginDelete(_d.Command());
            await held.Arrived;
            Assert.Equal(ConductorOutcome.BeingDeleted, (await _d.Grain.HandOver(_taker)).Outcome);
        }

        await _d.DeleteUntilDone();
    }

    [Fact]
    public async Task The_quotas_of_the_new_owner_count()
    {
        fixture.Quotas.Set(_d.Conductor, deployables: 1);
        fixture.Quotas.Set(_taker, instances: 2);
        await Register();
        Assert.Equal(new(_taker, QuotaKind.Instances, 2, 0, 3), (await _d.Grain.HandOver(_taker)).Quota);
        Assert.Equal(new(_d.Conductor, IsUnfinished: false), await _d.Grain.GetOwnership());

        fixture.Quotas.Set(_taker, instances: 3);
        Assert.Equal(ConductorOutcome.Done, (await _d.Grain.HandOver(_taker)).Outcome);
        Assert.Equal(
            new(_taker, QuotaKind.Instances, 3, 3, 1), (await _d.Register(_d.Config("late"), new ConductorCommand(_taker, Mark()))).Quota);
        var next = fixture.Deployment(_d.Conductor.Value);
        Assert.Equal(ConductorOutcome.Done, (await next.Register(next.Config("web"))).Outcome);
    }

    private async Task Register()
    {
        await _d.Register(_d.Config("db", ["port"]));
        await _d.Register(_d.Config("web", [], Service("s", _d.From("db", "db", "port"))));
        await _d.Register(_d.Config("spare"));
        await _d.Provide("db", "port", "1");
        Assert.Equal("Complete |service|s|parameters|db&MQ==|", await _d.Read("web"));
    }

    /// <summary>Waits until the hand-over is finished. After a failed write, calls are refused until the next activation.</summary>
    private async Task Finish()
    {
        while (true)
        {
            try
            {
                if (await _d.Grain.GetOwnership() == new Ownership(_taker, IsUnfinished: false)) return;
            }
            catch (Exception failure) when (TryAgain.After(failure))
            {
            }
        }
    }

    private async Task AssertHandedOver()
    {
        Assert.Equal(_taker, (await _d.Grain.GetHeader())!.Conductor);
        Assert.Equal(new(_taker, IsUnfinished: false), await _d.Grain.GetOwnership());
        Assert.All(await _d.Grain.GetReports(0), report => Assert.Equal((_taker, 1L), (report.Conductor, report.Generation)));
        Assert.Empty((await _d.Conducts()).Deployables);
        Assert.Equal(_d.Id, Assert.Single((await _d.Conducts(_taker)).Deployables));
        var events = fixture.Grains.GetGrain<IEventsGrain>(GrainKeys.Of(_d.Id));
        Assert.False((await events.Read(new() { Conductor = _d.Conductor })).Found);
        var page = await events.Read(new() { Conductor = _taker });
        Assert.Equal(EventKind.Registered, page.Events[0].Details.Kind);
    }
}
