using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Registration;
using Audrey.Core.Events;
using Audrey.Grains.Recovery;
using Audrey.Grains.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Hosting;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Events;

/// <summary>Deadlines of deployables, with a clock that the test advances.</summary>
public sealed class DeadlineTests : ClusterFixture, IAsyncLifetime
{
    private readonly ShiftedTime _time = new();

    [Fact]
    public async Task A_deadline_that_passes_is_told_by_itself_with_how_many_were_not_complete()
    {
        var (d, reader) = await Launched(TimeSpan.FromMilliseconds(50));
        var all = await reader.Until(EventKind.DeadlineMissed);
        Assert.Equal(2, all[^1].Note.Count);
        Assert.Equal((await d.Grain.GetHeader())!.Launch!.Deadline, all[^1].Note.At);
    }

    [Fact]
    public async Task A_deadline_that_passed_while_nothing_was_in_memory_is_told_once_although_nobody_asks()
    {
        var (d, reader) = await Launched(TimeSpan.FromHours(1));
        await d.End("a", "s", "0");
        _time.Advance(TimeSpan.FromHours(2));
        await Restart(reader.Grain);
        await Restart(d.Grain);
        await Restart(Grains.UnfinishedWorkOf(d.Id));

        await Judge(d);

        Assert.Equal(1, (await reader.Until(EventKind.DeadlineMissed))[^1].Note.Count);
        await Restart(reader.Grain);
        await d.Grain.Resume();
        await d.Grain.Delete(d.Command());
        Assert.Single(await reader.All(), told => told.Note.Kind == EventKind.DeadlineMissed);
    }

    [Fact]
    public async Task A_deadline_that_passed_before_the_list_had_deadlines_is_judged_when_the_deployable_is_next_asked()
    {
        var (d, reader) = await Launched(TimeSpan.FromHours(1));
        await Grains.UnfinishedWorkOf(d.Id).End(d.Id);
        _time.Advance(TimeSpan.FromHours(2));
        await Restart(d.Grain);

        await d.Grain.GetHeader();

        Assert.Equal(2, (await reader.Until(EventKind.DeadlineMissed))[^1].Note.Count);
    }

    [Fact]
    public async Task A_deployable_that_was_complete_in_time_missed_nothing()
    {
        var (d, reader) = await Launched(TimeSpan.FromHours(1));
        await d.End("a", "s", "0");
        await d.End("b", "s", "0");
        _time.Advance(TimeSpan.FromHours(2));
        await Judge(d);

        await d.Grain.Delete(d.Command());
        Assert.DoesNotContain(await reader.All(), told => told.Note.Kind == EventKind.DeadlineMissed);
    }

    protected override void Configure(ISiloBuilder silo) => silo.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time));

    /// <summary>Resumes the list of unfinished work, as the start of a silo does.</summary>
    private async Task Judge(Deployment d)
    {
        using var judged = Calls.Watch("JudgeDeadline", d.Tag);
        await Grains.UnfinishedWorkOf(d.Id).Resume();
        await judged.Passed;
    }

    private async Task<(Deployment Deployment, EventsReader Reader)> Launched(TimeSpan deadline)
    {
        var d = Deployment();
        var begun = await d.Grain.BeginLaunch(
            new() { Command = d.Command(), Name = "a launch", Digest = "digest", Instances = 2, Deadline = deadline });
        var key = new Abstractions.Deployables.LaunchKey(d.Id, begun.Incarnation, "digest");
        await Grains.GetGrain<IRegistrarGrain>(0).Launch(new()
        {
            Conductor = d.Conductor,
            Launch = key,
            Instances = [d.Config("a", null, Service("s")), d.Config("b", null, Service("s"))],
            MayBeThere = false,
        });
        Assert.Equal(ConductorOutcome.Done, (await d.Grain.SealLaunch(key)).Outcome);
        var reader = new EventsReader(Grains, d);
        await reader.Until(EventKind.Registered);
        return (d, reader);
    }
}
