using Audrey.Core.Facts;
using Audrey.Grains.Tests.Cluster;
using Audrey.Grains.Tests.Events;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Hosting;

namespace Audrey.Grains.Tests.Instance;

/// <summary>An instance is silent when the heartbeats of its agents have stopped for three intervals.</summary>
public sealed class SilenceTests : ClusterFixture, IAsyncLifetime
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(2);

    private readonly ShiftedTime _time = new();

    [Fact]
    public async Task Three_intervals_after_the_last_heartbeat_the_report_and_the_counts_say_so_until_the_next_one()
    {
        var d = await Launch();
        await Beat(d);
        _time.Advance(Interval * 2);
        Assert.Null((await d.Report("db")).SilentSince);

        _time.Advance(Interval * 1.1);

        Assert.NotNull((await d.Report("db")).SilentSince);
        Assert.NotNull((await d.Instance("db").GetFacts())!.SilentSince);
        var counted = await new CountsReader(Grains, d).Until(all => all.Counts.Silent == 1);
        Assert.Equal(d.InstanceId("db"), Assert.Single(counted.Important));

        await Beat(d);
        Assert.Null((await d.Report("db")).SilentSince);
        await new CountsReader(Grains, d).Until(all => all.Counts.Silent == 0);
    }

    [Fact]
    public async Task The_counts_say_so_although_nobody_calls_the_instance()
    {
        var d = await Launch();
        await Beat(d, FactLimits.MinHeartbeatInterval);

        await new CountsReader(Grains, d).Until(all => all.Counts.Silent == 1);
    }

    [Fact]
    public async Task Heartbeats_are_written_once_and_their_silence_is_seen_after_a_restart()
    {
        var d = await Launch();
        await Beat(d);
        var writes = Storage.Writes(d.InstanceId("db").Value, "reported");
        for (var i = 0; i < 5; i++) await Beat(d);
        Assert.Equal(writes, Storage.Writes(d.InstanceId("db").Value, "reported"));

        await Restart(d.Guest("db"));
        Assert.Null((await d.Report("db")).SilentSince);
        _time.Advance(Interval * 3);

        Assert.NotNull((await d.Report("db")).SilentSince);
    }

    [Fact]
    public async Task Another_generation_begins_without_heartbeats()
    {
        var d = await Launch();
        await Beat(d);
        await d.Instance("db").Replace(d.Command(), "another secret");

        _time.Advance(Interval * 3);

        Assert.Null((await d.Report("db")).SilentSince);
    }

    protected override void Configure(ISiloBuilder silo) => silo.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time));

    private async Task<Deployment> Launch()
    {
        var d = Deployment();
        await d.Register(d.Config("db"));
        await d.Get("db");
        return d;
    }

    private static async Task Beat(Deployment d, TimeSpan? interval = null) => Assert.Equal(
        FactOutcome.Recorded,
        (await d.Guest("db").ObserveHeartbeat(1, FactReport.AgentOf(d.InstanceId("db")), interval ?? Interval)).Outcome);
}
