using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Launching;
using Audrey.Core.Documents;
using Audrey.Grains.Propagation;
using Audrey.Grains.Recovery;
using Audrey.Grains.Sets;
using Audrey.Grains.Tests.Cluster;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Deployable;

[Collection(ClusterCollection.Name)]
public sealed class LaunchTests(ClusterFixture fixture)
{
    private readonly Deployment _d = fixture.Deployment("launcher-" + Guid.NewGuid());

    private string[] Names { get; } = [.. Enumerable.Range(0, 5).Select(i => $"i{i}")];

    [Fact]
    public async Task A_launch_continues_when_every_grain_restarts_between_its_steps()
    {
        var begun = await _d.Grain.BeginLaunch(Request());
        await Restart();
        Assert.Equal(new LaunchAnswer(ConductorOutcome.Done, begun.Incarnation, Resumed: true), await _d.Grain.BeginLaunch(Request()));
        var key = Key(begun);
        Assert.Equal(ConductorOutcome.InstancesMissing, (await _d.Grain.SealLaunch(key)).Outcome);

        await Send(key, Names[..3]);
        await Restart();
        await _d.Provide("i0", "ip", "1");
        Assert.Equal([ConductorOutcome.Done],
            (await Send(key, Names, mayBeThere: true)).Answers.Select(answer => answer.Outcome).Distinct());
        await Restart();
        Assert.Equal(ConductorOutcome.Done, (await _d.Grain.SealLaunch(key)).Outcome);
        await Restart();
        Assert.Equal(ConductorOutcome.Done, (await _d.Grain.SealLaunch(key)).Outcome);

        Assert.True((await _d.Grain.BeginLaunch(Request())).Sealed);
        Assert.Equal(ConductorOutcome.LaunchEnded, (await Send(key, Names)).Outcome);
        Assert.Equal(ConductorOutcome.LaunchEnded, (await _d.Grain.AbandonLaunch(key)).Outcome);
        var reports = await _d.Grain.GetReports(0);
        Assert.Equal(Names, reports.Select(report => report.Name).Order());
        Assert.All(reports, report => Assert.Equal(1, report.Generation));
        foreach (var name in Names[1..]) Assert.Equal("Complete |service|s|parameters|first&MQ==|", await _d.Read(name));
        var header = await _d.Grain.GetHeader();
        Assert.Equal((5, true, header!.Launch!.Begun + TimeSpan.FromHours(1)),
            (header.Launch.Instances, header.Launch.Sealed is not null, header.Launch.Deadline));
    }

    [Theory]
    [InlineData("deployable", FailurePoint.BeforeWrite), InlineData("deployable", FailurePoint.AfterWrite)]
    [InlineData("members", FailurePoint.BeforeWrite), InlineData("members", FailurePoint.AfterWrite)]
    [InlineData("dependents", FailurePoint.BeforeWrite), InlineData("dependents", FailurePoint.AfterWrite)]
    [InlineData("definition", FailurePoint.BeforeWrite), InlineData("definition", FailurePoint.AfterWrite)]
    public async Task A_repeated_launch_succeeds_after_a_failed_write(string row, FailurePoint fault)
    {
        fixture.Storage.FailNext(row, _d.Tag, fault);
        var failed = 0;
        for (var done = false; !done;)
        {
            try
            {
                var key = Key(await _d.Grain.BeginLaunch(Request()));
                await Send(key, Names, mayBeThere: failed > 0);
                done = (await _d.Grain.SealLaunch(key)).Outcome == ConductorOutcome.Done;
            }
            catch (Exception failure) when (TryAgain.After(failure) && failed++ < 3)
            {
            }
        }

        Assert.Equal(1, failed);
        await _d.Provide("i0", "ip", "1");
        Assert.Equal(Names, (await _d.Grain.GetReports(0)).Select(report => report.Name).Order());
        foreach (var name in Names[1..]) Assert.Equal("Complete |service|s|parameters|first&MQ==|", await _d.Read(name));
        Assert.Single((await _d.Conducts()).Deployables);
    }

    [Fact]
    public async Task A_launch_that_differs_from_the_launch_of_an_existing_deployable_changes_nothing()
    {
        var begun = await _d.Grain.BeginLaunch(Request());

        Assert.Equal(ConductorOutcome.LaunchDiffers, (await _d.Grain.BeginLaunch(Request() with { Digest = "other" })).Outcome);
        Assert.Equal(ConductorOutcome.NotYours,
            (await _d.Grain.BeginLaunch(Request() with { Command = new(Core.Ids.ConductorKey.Parse("other"), Mark()) })).Outcome);
        Assert.Equal(ConductorOutcome.LaunchEnded, (await Send(Key(begun) with { Digest = "other" }, Names)).Outcome);
        Assert.Equal(ConductorOutcome.LaunchEnded, (await _d.Grain.SealLaunch(Key(begun) with { Digest = "other" })).Outcome);
        Assert.Equal(ConductorOutcome.Done, (await _d.Grain.AbandonLaunch(Key(begun) with { Digest = "other" })).Outcome);
        Assert.True((await _d.Grain.BeginLaunch(Request())) is { Resumed: true, Sealed: false });
    }

    [Fact]
    public async Task A_launch_of_a_deployable_with_individually_registered_instances_is_refused()
    {
        await _d.Register(_d.Config("i0", ["ip"]));

        Assert.Equal(ConductorOutcome.LaunchDiffers, (await _d.Grain.BeginLaunch(Request())).Outcome);
        Assert.Null((await _d.Grain.GetHeader())!.Launch);
    }

    [Fact]
    public async Task An_abandoned_launch_leaves_only_the_rows_that_detect_replays()
    {
        var key = Key(await _d.Grain.BeginLaunch(Request()));
        await Send(key, Names[..3]);

        Assert.Equal(ConductorOutcome.Done, (await _d.Grain.AbandonLaunch(key)).Outcome);
        Assert.Equal(ConductorOutcome.Done, (await _d.Grain.AbandonLaunch(key)).Outcome);

        Assert.Null(await _d.Grain.GetHeader());
        Assert.Null(await _d.Guest("i0").GetCredential());
        foreach (var state in new[] { "members", "dependents", "deployables", "tarball" }) Assert.False(
            fixture.Storage.Has(state, _d.Tag), state);
        Assert.Equal(key.Incarnation + 1, (await _d.Grain.BeginLaunch(Request())).Incarnation);
    }

    [Fact]
    public async Task Instances_that_arrive_after_their_launch_was_deleted_are_not_registered()
    {
        var key = Key(await _d.Grain.BeginLaunch(Request()));
        Assert.Equal(ConductorOutcome.Done, (await _d.Grain.JoinLaunch(key, [_d.InstanceId("i0"), _d.InstanceId("i1")])).Outcome);
        await _d.Grain.Delete(_d.Command());
        foreach (var restarted in new[] { false, true })
        {
            if (restarted) await Restart();
            var late = await _d.Member("i1").Launch(new(new(_d.Command(), Config("i1"), []), key, 0));
            Assert.Equal(ConductorOutcome.LaunchEnded, late.Outcome);
        }

        Assert.Null(await _d.Guest("i1").GetCredential());
        Assert.Equal(ConductorOutcome.LaunchEnded, (await Send(key, Names)).Outcome);

        // In the next incarnation, the same instances can be registered.
        var next = Key(await _d.Grain.BeginLaunch(Request()));
        await Send(next, Names);
        Assert.Equal(ConductorOutcome.Done, (await _d.Grain.SealLaunch(next)).Outcome);
    }

    [Fact]
    public async Task A_launch_that_was_sent_before_a_deletion_cannot_begin_after_the_deletion()
    {
        var request = Request();
        await _d.Grain.BeginLaunch(request);
        await _d.Grain.Delete(_d.Command());

        Assert.Equal(ConductorOutcome.NonceRefused, (await _d.Grain.BeginLaunch(request)).Outcome);
        Assert.Null(await _d.Grain.GetHeader());
    }

    [Fact]
    public async Task If_an_instance_was_registered_individually_after_its_launch_the_repeated_launch_registers_it_again()
    {
        var key = Key(await _d.Grain.BeginLaunch(Request()));
        await Send(key, Names);
        await _d.Register(_d.Config("i1", ["other"]));

        await Send(key, Names, mayBeThere: true);

        Assert.Equal(["ip"], (await _d.Report("i1")).PendingProvided.AsEnumerable());
        Assert.Equal((3L, 1L), ((await _d.Report("i1")).Generation, (await _d.Report("i2")).Generation));
    }

    [Fact]
    public async Task Only_registered_instances_are_counted_and_each_is_counted_once()
    {
        var key = Key(await _d.Grain.BeginLaunch(Request()));
        await _d.Grain.JoinLaunch(key, [.. Enumerable.Range(0, 200).Select(i => _d.InstanceId($"other{i}")), _d.InstanceId("i0")]);
        Assert.Equal((0, 0), (await _d.Grain.CountLaunched(key, 0), await _d.Grain.CountLaunched(key, 1)));

        // The instances join a second time. The first of them is now on two pages.
        await Send(key, Names);
        Assert.Equal((0, 5), (await _d.Grain.CountLaunched(key, 0), await _d.Grain.CountLaunched(key, 1)));
        Assert.Equal(0, await _d.Grain.CountLaunched(key with { Digest = "other" }, 1));
    }

    [Fact]
    public async Task Until_a_launch_is_sealed_its_conductor_can_abandon_it()
    {
        var key = Key(await _d.Grain.BeginLaunch(Request()));
        Assert.Equal(ConductorOutcome.NotYours, (await _d.Grain.BeginAbandon(Core.Ids.ConductorKey.Parse("other"), "digest")).Outcome);
        Assert.Equal(ConductorOutcome.NotFound, (await _d.Grain.BeginAbandon(_d.Conductor, "other")).Outcome);
        using (var ended = fixture.Calls.Watch("End", UnfinishedWork.KeyOf(_d.Id)))
        {
            Assert.Equal(ConductorOutcome.Done, (await _d.Grain.BeginAbandon(_d.Conductor, "digest")).Outcome);
            await ended.Passed;
        }

        Assert.Null(await _d.Grain.GetHeader());
        Assert.Equal(ConductorOutcome.NotFound, (await _d.Grain.BeginAbandon(_d.Conductor, "digest")).Outcome);
        Assert.Equal(ConductorOutcome.LaunchEnded, (await Send(key, Names)).Outcome);

        key = Key(await _d.Grain.BeginLaunch(Request()));
        await Send(key, Names);
        await _d.Grain.SealLaunch(key);
        Assert.Equal(ConductorOutcome.LaunchDiffers, (await _d.Grain.BeginAbandon(_d.Conductor, "digest")).Outcome);
    }

    private LaunchRequest Request() => new()
    {
        Command = _d.Command(),
        Name = "a deployable",
        Digest = "digest",
        Instances = Names.Length,
        Deadline = TimeSpan.FromHours(1),
    };

    private LaunchKey Key(LaunchAnswer begun) => new(_d.Id, begun.Incarnation, "digest");

    private InstanceConfig Config(string name) => _d.Config(name, ["ip"], Service("s", _d.From("first", "i0", "ip")));

    private Task<LaunchChunkAnswer> Send(LaunchKey key, string[] names, bool mayBeThere = false) =>
        fixture.Grains.GetGrain<IRegistrarGrain>(0).Launch(new()
        {
            Conductor = _d.Conductor,
            Launch = key,
            Instances = [.. names.Select(Config)],
            MayBeThere = mayBeThere,
        });

    private async Task Restart()
    {
        await fixture.Restart(_d.Grain);
        foreach (var name in Names) await fixture.Restart(_d.Instance(name));
        await fixture.Restart(fixture.Grains.Members(_d.Id, 1));
        await fixture.Restart(fixture.Grains.Dependents(_d.Id, 1, _d.InstanceId("i0")));
    }
}
