using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;
using Audrey.Grains.Recovery;
using Audrey.Grains.Tests.Cluster;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Recovery;

[Collection(ClusterCollection.Name)]
public sealed class UnfinishedWorkTests(ClusterFixture fixture)
{
    private readonly Deployment _d = fixture.Deployment();

    [Fact]
    public async Task A_scaling_that_fails_midway_continues_automatically()
    {
        await Group();
        using var ended = fixture.Calls.Watch("End", UnfinishedWork.KeyOf(_d.Id));
        using (var barrier = fixture.Calls.Close("Amend", "lb-" + _d.Tag))
        {
            var scaling = _d.Grain.Scale(new(_d.Command(), "web", 4));
            await barrier.Arrived;
            barrier.Break();
            await Assert.ThrowsAnyAsync<Exception>(() => scaling);
        }

        await ended.Passed;

        await AssertScaled(4);
    }

    [Fact]
    public async Task A_scaling_is_resumed_after_its_grains_were_deactivated()
    {
        await Group();
        using (var barrier = fixture.Calls.Close("Amend", "lb-" + _d.Tag))
        {
            var scaling = _d.Grain.Scale(new(_d.Command(), "web", 1));
            await barrier.Arrived;
            barrier.Break();
            await Assert.ThrowsAnyAsync<Exception>(() => scaling);
            await fixture.Restart(_d.Grain);
            await fixture.Restart(fixture.Grains.UnfinishedWorkOf(_d.Id));
        }

        using (var ended = fixture.Calls.Watch("End", UnfinishedWork.KeyOf(_d.Id)))
        {
            await fixture.Grains.UnfinishedWorkOf(_d.Id).Resume();
            await ended.Passed;
        }

        await AssertScaled(1);
    }

    [Theory, InlineData(FailurePoint.BeforeWrite), InlineData(FailurePoint.AfterWrite)]
    public async Task A_scaling_whose_last_write_fails_continues_automatically(FailurePoint fault)
    {
        await Group();
        using (var barrier = fixture.Calls.Close("Amend", "lb-" + _d.Tag))
        {
            var scaling = _d.Grain.Scale(new(_d.Command(), "web", 3));
            await barrier.Arrived;
            fixture.Storage.FailNext("deployable", _d.Tag, fault);
            barrier.Open();
            await Assert.ThrowsAnyAsync<Exception>(() => scaling);
        }

        for (var attempt = 0; (await _d.Grain.GetHeader())!.Scaling is not null; attempt++)
        {
            using var resumed = fixture.Calls.Watch("Resume", _d.Tag);
            await fixture.Grains.UnfinishedWorkOf(_d.Id).Resume();
            await resumed.Passed;
            Assert.True(attempt < 10);
        }

        await AssertScaled(3);
    }

    [Fact]
    public async Task Deletions_in_the_list_of_version_0_1_0_are_resumed()
    {
        await Group();
        var old = fixture.Grains.GetGrain<IUnfinishedWorkGrain>(UnfinishedWork.OldKey);
        using (var barrier = fixture.Calls.Close("Delete", "web1-" + _d.Tag))
        {
            var deletion = _d.Grain.Delete(_d.Command());
            await barrier.Arrived;

            // Version 0.1.0 leaves this state: only its own list contains the work.
            await old.Begin(_d.Id);
            await fixture.Grains.UnfinishedWorkOf(_d.Id).End(_d.Id);
            barrier.Break();
            await Assert.ThrowsAnyAsync<Exception>(() => deletion);
            await fixture.Restart(old);
        }

        using var ended = fixture.Calls.Watch("End", UnfinishedWork.KeyOf(_d.Id));
        await old.Resume();
        await ended.Passed;

        Assert.Null(await _d.Grain.GetHeader());
    }

    [Fact]
    public async Task A_list_without_entries_has_no_row()
    {
        var id = DeployableId.Parse("listed-" + Guid.NewGuid());
        var list = fixture.Grains.GetGrain<IUnfinishedWorkGrain>(UnfinishedWork.OldKey + ":test");
        await list.Begin(id);
        Assert.True(fixture.Storage.Has("deletions", UnfinishedWork.OldKey + ":test"));

        await list.End(id);

        Assert.False(fixture.Storage.Has("deletions", UnfinishedWork.OldKey + ":test"));
    }

    [Fact]
    public void A_deployable_is_always_listed_in_the_same_part()
    {
        Assert.Equal("x:deletions:6", UnfinishedWork.KeyOf(DeployableId.Parse("shop")));
        Assert.Equal(17, UnfinishedWork.Keys.Distinct().Count());
        Assert.All(
            Enumerable.Range(0, 1_000).Select(i => UnfinishedWork.KeyOf(DeployableId.Parse($"shop-{i}"))),
            key => Assert.Contains(key, UnfinishedWork.Keys));
    }

    /// <summary>Launches a balancer that refers to a group of two instances.</summary>
    private async Task Group()
    {
        var ips = _d.Of("ips", ["web0", "web1"], "ip");
        ips = ips with { Group = ips.Group! with { Assembly = "web" } };
        await _d.Register(_d.Config("lb", [], Service("proxy", ips)));
        for (var i = 0; i < 2; i++) await _d.Register(_d.Config($"web{i}", ["ip"]) with { Name = "web", Ordinal = i });
    }

    private async Task AssertScaled(int count)
    {
        Assert.Null((await _d.Grain.GetHeader())!.Scaling);
        var web = (await _d.Grain.GetReports(0)).Where(report => report.Name == "web").Select(report => report.Id.Value).Order().ToList();
        Assert.Equal(count, web.Count);
        var group = (await _d.Member("lb").GetConfig(_d.Id, 1))!.Services[0].Parameters[0].Group!;
        Assert.Equal(web, group.Members.Select(id => id.Value).Order());

        // The resumed scaling has the requested size, so a repetition of the request changes nothing.
        var again = await _d.Grain.Scale(new(_d.Command(), "web", count));
        Assert.Equal((ConductorOutcome.Done, 0, 0), (again.Outcome, again.Added.Length, again.Removed.Length));
    }
}
