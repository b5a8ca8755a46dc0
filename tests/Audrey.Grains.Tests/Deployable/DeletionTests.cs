using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Grains.Deployable;
using Audrey.Grains.Recovery;
using Audrey.Grains.Tests.Cluster;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Deployable;

[Collection(ClusterCollection.Name)]
public sealed class DeletionTests(ClusterFixture fixture)
{
    [Fact]
    public async Task A_deletion_removes_instances_and_credentials_and_keeps_only_the_rows_that_detect_replays()
    {
        var d = fixture.Deployment("deleter-" + Guid.NewGuid());
        await d.Register(d.Config("db", ["ip"]));
        await d.Register(d.Config("web", [], Service("http", d.From("ip", "db", "ip"), d.From("x", "never came", "ip"))));
        await d.Provide("db", "ip", "1");

        var answer = await d.Grain.Delete(d.Command());

        Assert.Equal(ConductorOutcome.Done, answer.Outcome);
        Assert.Null(await d.Guest("db").GetCredential());
        Assert.Null(await d.Instance("web").GetReport());
        Assert.Null(await d.Grain.GetHeader());
        Assert.Empty((await d.Conducts()).Deployables);
        foreach (var state in new[] { "members", "dependents", "deployables", "tarball" }) Assert.False(fixture.Storage.Has(state, d.Tag),
            state);
    }

    [Fact]
    public async Task A_deployable_that_reuses_the_id_of_a_deleted_deployable_starts_without_old_data()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ip"]));
        await d.Register(d.Config("web", [], Service("http", d.From("ip", "db", "ip"))));
        await d.Provide("db", "ip", "1");
        Assert.Equal("Complete |service|http|parameters|ip&MQ==|", await d.Read("web"));
        await d.Grain.Delete(d.Command());

        await d.Register(d.Config("web", [], Service("http", d.From("ip", "db", "ip"))));
        Assert.Equal("Incomplete |service|http|parameters|ip&|", await d.Read("web"));
        await d.Register(d.Config("db", ["ip"]));
        Assert.Equal("Incomplete |service|http|parameters|ip&|", await d.Read("web"));
        await d.Provide("db", "ip", "2");
        Assert.Equal("Complete |service|http|parameters|ip&Mg==|", await d.Read("web"));
    }

    [Fact]
    public async Task A_late_push_from_a_deleted_deployable_is_ignored_in_the_next_incarnation()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ip"]));
        await d.Register(d.Config("web", [], Service("http", d.From("ip", "db", "ip"))));
        await d.Provide("db", "ip", "1");
        var late = await d.Provider("db").GetSnapshot(d.Id, incarnation: 1);
        Assert.Single(late.Values);
        await d.Grain.Delete(d.Command());
        await d.Register(d.Config("web", [], Service("http", d.From("ip", "db", "ip"))));
        await d.Get("web");

        await d.Provider("web").Receive(late);

        Assert.Equal("Incomplete |service|http|parameters|ip&|", await d.Read("web"));
    }

    [Fact]
    public async Task During_a_deletion_registrations_are_refused_and_do_not_delay_the_deletion()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db"));
        using var barrier = fixture.Calls.Close("Delete", "db-" + d.Tag);
        var deletion = d.Grain.Delete(d.Command());
        await barrier.Arrived;

        Assert.Equal(ConductorOutcome.BeingDeleted, (await d.Register(d.Config("late"))).Outcome);
        Assert.True((await d.Grain.GetHeader())!.Deleting);
        barrier.Open();

        Assert.Equal(ConductorOutcome.Done, (await deletion).Outcome);
        Assert.Null(await d.Instance("late").GetReport());
        Assert.Equal(ConductorOutcome.Done, (await d.Register(d.Config("late"))).Outcome);
    }

    [Theory, InlineData("AddMany", "members"), InlineData("Set", "tarball")]
    public async Task If_a_deletion_begins_during_a_registration_no_instance_is_left(string method, string where)
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("first"));
        using var barrier = fixture.Calls.Close(method, where == "members" ? ":" + d.Id.Value : "late-" + d.Tag);
        var registration = d.Register(d.Config("late"));
        await barrier.Arrived;
        using var begun = fixture.Calls.Watch("Begin", UnfinishedWork.KeyOf(d.Id));
        var deletion = d.Grain.Delete(d.Command());
        await begun.Passed;

        barrier.Open();

        await registration;
        Assert.Equal(ConductorOutcome.Done, (await deletion).Outcome);
        Assert.Null(await d.Guest("late").GetCredential());
        Assert.Null(await d.Grain.GetHeader());
        Assert.False(fixture.Storage.Has("tarball", d.Tag));
    }

    [Theory, InlineData(FailurePoint.BeforeWrite), InlineData(FailurePoint.AfterWrite)]
    public async Task A_deletion_that_fails_midway_continues_automatically(FailurePoint fault)
    {
        var d = fixture.Deployment();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(i => d.Register(d.Config($"i{i}"))));
        fixture.Storage.FailNext("definition", "i3-" + d.Tag, fault, times: 2);
        using var ended = fixture.Calls.Watch("End", UnfinishedWork.KeyOf(d.Id));

        await Assert.ThrowsAnyAsync<Exception>(() => d.Grain.Delete(d.Command()));
        await ended.Passed;

        Assert.Null(await d.Grain.GetHeader());
        for (var i = 0; i < 5; i++) Assert.Null(await d.Guest($"i{i}").GetCredential());
    }

    [Theory]
    [InlineData("members"), InlineData("dependents"), InlineData("deployable"), InlineData("deployables"), InlineData("reported"),
        InlineData("tarball"), InlineData("deletions")]
    public async Task After_any_of_its_writes_has_failed_a_deletion_can_be_repeated(string state)
    {
        foreach (var fault in Enum.GetValues<FailurePoint>())
        {
            var d = fixture.Deployment("deleter-" + Guid.NewGuid());
            await d.Register(d.Config("db", ["ip"]));
            await d.Register(d.Config("web", [], Service("http", d.From("ip", "db", "ip"))));
            await d.Provide("db", "ip", "1");
            fixture.Storage.FailNext(state,
                state switch { "deployables" => d.Conductor.Value, "deletions" => UnfinishedWork.KeyOf(d.Id), _ => d.Tag }, fault);

            await d.DeleteUntilDone();

            Assert.Null(await d.Grain.GetHeader());
            Assert.Null(await d.Guest("db").GetCredential());
            Assert.Null(await d.Guest("web").GetCredential());
            fixture.Storage.Heal();
        }
    }

    [Fact]
    public async Task A_deletion_is_resumed_after_its_grains_were_deactivated()
    {
        var d = fixture.Deployment();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(i => d.Register(d.Config($"i{i}"))));
        using (var barrier = fixture.Calls.Close("Delete", "i3-" + d.Tag))
        {
            var deletion = d.Grain.Delete(d.Command());
            await barrier.Arrived;
            barrier.Break();
            await Assert.ThrowsAnyAsync<Exception>(() => deletion);
            await fixture.Restart(d.Grain);
            await fixture.Restart(fixture.Grains.UnfinishedWorkOf(d.Id));
        }

        using (var end = fixture.Calls.Close("End", UnfinishedWork.KeyOf(d.Id)))
        {
            await fixture.Grains.UnfinishedWorkOf(d.Id).Resume();
            await end.Arrived;
        }

        Assert.Null(await d.Grain.GetHeader());
        for (var i = 0; i < 5; i++) Assert.Null(await d.Guest($"i{i}").GetCredential());
    }

    [Fact]
    public async Task A_conductor_sees_only_its_own_deployables_even_after_two_conductors_have_registered_one_id_concurrently()
    {
        var tag = Guid.NewGuid().ToString("N");
        var d = fixture.Deployment("left-" + tag);
        var right = new ConductorCommand(ConductorKey.Parse("right-" + tag), Mark());

        var answers = await Task.WhenAll(d.Register(d.Config("a")), d.Register(d.Config("b"), right));

        Assert.Single(answers, answer => answer.Outcome == ConductorOutcome.Done);
        Assert.Single(answers, answer => answer.Outcome == ConductorOutcome.NotYours);
        var lists = await Task.WhenAll(d.Conducts(), d.Conducts(right.Conductor));
        Assert.Single(lists, list => list.Deployables.Length == 1);
        Assert.Single(lists, list => list.Deployables.IsEmpty);
    }
}
