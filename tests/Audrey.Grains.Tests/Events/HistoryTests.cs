using Audrey.Abstractions.Events;
using Audrey.Core.Events;
using Audrey.Grains.Events;
using Audrey.Grains.Recovery;
using Audrey.Grains.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Hosting;

namespace Audrey.Grains.Tests.Events;

/// <summary>Tests the limits on the age and the number of stored events.</summary>
public sealed class HistoryTests : ClusterFixture, IAsyncLifetime
{
    private const int MaxEvents = 1_000;

    private readonly ShiftedTime _time = new();

    private IHistoriesGrain Histories => Grains.GetGrain<IHistoriesGrain>(HistoriesGrain.Key);

    [Fact]
    public async Task A_history_is_kept_until_it_expires_and_is_then_deleted_completely()
    {
        var d = Deployment();
        var reader = new EventsReader(Grains, d);
        await d.Register(d.Config("db", ["ip"]));
        await d.Grain.Delete(d.Command());
        _time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1));
        await Histories.Sweep();
        Assert.True((await reader.Read()).Found);

        _time.Advance(TimeSpan.FromMinutes(2));
        await Histories.Sweep();

        Assert.False((await reader.Read()).Found);
        Assert.Equal((false, false, false),
            (Storage.Has("events", d.Tag), Storage.Has("eventspage", d.Tag), Storage.Has("eventcursors", d.Tag)));
    }

    [Fact]
    public async Task If_a_deployable_is_registered_again_its_new_history_is_kept_when_the_old_history_expires()
    {
        var d = Deployment();
        var reader = new EventsReader(Grains, d);
        await d.Register(d.Config("db", ["ip"]));
        await d.Grain.Delete(d.Command());
        await d.Register(d.Config("db", ["ip"]));
        _time.Advance(TimeSpan.FromDays(8));
        await Histories.Sweep();

        Assert.Equal(EventKind.Registered, (await reader.Read()).Events[0].Details.Kind);
        Assert.Contains(await reader.All(), told => told.Details.Kind == EventKind.Deleted);
    }

    [Theory]
    [InlineData("eventspage")]
    [InlineData("events")]
    public async Task A_failed_erasure_does_not_delay_other_erasures_and_is_repeated(string row)
    {
        var (first, second) = (Deployment(), Deployment());
        foreach (var d in new[] { first, second })
        {
            await d.Register(d.Config("db", ["ip"]));
            await d.Grain.Delete(d.Command());
        }

        _time.Advance(TimeSpan.FromDays(8));
        Storage.FailNext(row, first.Tag, FailurePoint.BeforeWrite);
        await Histories.Sweep();
        Assert.Equal((true, false), (Storage.Has("events", first.Tag), Storage.Has("events", second.Tag)));
        await Histories.Sweep();
        Assert.Equal((false, false), (Storage.Has("events", first.Tag), Storage.Has("eventspage", first.Tag)));
    }

    [Fact]
    public async Task The_log_accepts_no_further_event_after_the_end_of_the_deployable()
    {
        var d = Deployment();
        var reader = new EventsReader(Grains, d);
        await d.Register(d.Config("db", ["ip"]));
        await d.Grain.Delete(d.Command());
        var before = await reader.All();
        await Restart(reader.Grain);
        await reader.Grain.Append(new(1, [new(null, null, new EventNote { Kind = EventKind.Deleted, At = DateTimeOffset.UnixEpoch }), new(
            d.InstanceId("db").Value, "db", new EventNote { Kind = EventKind.Applied, At = DateTimeOffset.UnixEpoch, Sequence = 100 })]));
        Assert.Equal(before.Count, (await reader.All()).Count);
    }

    [Fact]
    public async Task If_there_are_too_many_histories_the_oldest_are_deleted()
    {
        var deployments = new List<Deployment>();
        for (var i = 0; i < 4; i++)
        {
            var d = Deployment();
            deployments.Add(d);
            await d.Register(d.Config("db", ["ip"]));
            await d.Grain.Delete(d.Command());
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        await Histories.Sweep();

        var found = await Task.WhenAll(deployments.Select(async d => (await new EventsReader(Grains, d).Read()).Found));
        Assert.Equal([false, true, true, true], found);
    }

    [Fact]
    public async Task If_there_are_too_many_events_the_oldest_are_dropped_and_readers_are_told_the_missing_numbers()
    {
        var d = Deployment();
        var reader = new EventsReader(Grains, d);
        await d.Register(d.Config("db", ["ip"]));
        await reader.Until(EventKind.InstanceRegistered, "db");
        for (var batch = 0; batch < 50; batch++) await reader.Grain.Append(new(1, [.. Notes(batch * 100, 100)]));

        var page = await reader.Read(2);
        Assert.Equal(5_002, page.Last);
        Assert.InRange(page.Last - page.First + 1, MaxEvents - EventStore.PageSize, MaxEvents);
        Assert.Equal(new MissedEvents(3, page.First - 1), page.GapAfter(2));
        Assert.Equal(page.First, page.Events[0].Number);
        Assert.Null(page.GapAfter(page.First - 1));

        // The log does not accept a dropped event again, even in an activation that never had this event in memory.
        await Restart(reader.Grain);
        await reader.Grain.Append(new(1, [.. Notes(0, 100)]));
        var all = await reader.All();
        Assert.Equal((page.First, 5_002), (all[0].Number, all[^1].Number));
        Assert.Equal(all.Count, all[^1].Number - all[0].Number + 1);

        await d.Grain.Delete(d.Command());
        _time.Advance(TimeSpan.FromDays(8));
        await Histories.Sweep();
        Assert.Equal((false, false), (Storage.Has("eventspage", d.Tag), Storage.Has("eventcursors", d.Tag)));

        IEnumerable<SourcedNote> Notes(int from, int count) => Enumerable.Range(from, count).Select(i => new SourcedNote(
            d.InstanceId("other" + (i % 700)).Value, "other",
                new EventNote { Kind = EventKind.Applied, At = DateTimeOffset.UnixEpoch, Sequence = 1 + (i / 700), Generation = 1 }));
    }

    protected override void Configure(ISiloBuilder silo)
    {
        silo.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time));
        silo.Services.Configure<HistoryOptions>(options => (options.MaxEvents, options.MaxDeleted) = (MaxEvents, 3));
    }
}
