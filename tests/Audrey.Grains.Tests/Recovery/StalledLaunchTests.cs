using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Launching;
using Audrey.Core.Statuses;
using Audrey.Grains.Recovery;
using Audrey.Grains.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Hosting;

namespace Audrey.Grains.Tests.Recovery;

/// <summary>Tests launches that are not finished, with a clock that the test advances.</summary>
public sealed class StalledLaunchTests : ClusterFixture, IAsyncLifetime
{
    private readonly ShiftedTime _time = new();
    private Deployment? _deployment;

    private Deployment D => _deployment ??= Deployment();

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_launch_without_progress_is_deleted_and_can_be_run_again_with_the_same_ids(bool restarts)
    {
        await Launch("a");
        _time.Advance(TimeSpan.FromHours(25));
        if (restarts) await RestartAll();

        await Resume();

        Assert.Null(await D.Grain.GetHeader());
        Assert.Null(await D.Guest("a").GetCredential());
        var key = await Launch("a", "b");
        Assert.Equal(2, key.Incarnation);
        Assert.Equal(ConductorOutcome.Done, (await D.Grain.SealLaunch(key)).Outcome);
        Assert.Equal("secret of a", (await D.Guest("a").GetCredential())!.Secret);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task If_a_guest_has_made_contact_the_launch_is_kept_and_a_repetition_continues_it(bool restarts)
    {
        await Launch("a");
        await D.Provide("a", "ip", "10.0.0.1");
        _time.Advance(TimeSpan.FromDays(30));
        if (restarts) await RestartAll();

        await Resume();

        var header = (await D.Grain.GetHeader())!;
        var status = header.ToStatus(await D.Grain.GetReports(0));
        Assert.Contains(status.Diagnosis, cause => cause.Contains("1 of 2 instances are registered", StringComparison.Ordinal));
        var key = await Launch("a", "b");
        Assert.Equal(1, key.Incarnation);
        Assert.Equal(ConductorOutcome.Done, (await D.Grain.SealLaunch(key)).Outcome);
        Assert.Equal(1, (await D.Report("a")).Generation);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_launch_that_makes_progress_is_kept(bool restarts)
    {
        await Launch("a");
        _time.Advance(TimeSpan.FromHours(20));
        await Launch("b");
        _time.Advance(TimeSpan.FromHours(20));
        if (restarts) await RestartAll();

        await Resume();

        Assert.NotNull(await D.Grain.GetHeader());
        Assert.NotNull(await D.Guest("a").GetCredential());
    }

    [Fact]
    public async Task A_finished_launch_is_never_deleted_and_is_no_longer_listed()
    {
        var key = await Launch("a", "b");
        using (var ended = Calls.Watch("End", UnfinishedWork.KeyOf(D.Id)))
        {
            await D.Grain.SealLaunch(key);
            await ended.Passed;
        }

        _time.Advance(TimeSpan.FromDays(30));
        Assert.Null(await D.Grain.Resume());
        Assert.NotNull(await D.Guest("a").GetCredential());
    }

    protected override void Configure(ISiloBuilder silo) => silo.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time));

    private async Task Resume()
    {
        using var resumed = Calls.Watch("Resume", D.Tag);
        await Grains.UnfinishedWorkOf(D.Id).Resume();
        await resumed.Passed;
    }

    private async Task RestartAll()
    {
        await Restart(D.Grain);
        foreach (var name in new[] { "a", "b" }) await Restart(D.Instance(name));
        await Restart(Grains.UnfinishedWorkOf(D.Id));
    }

    /// <summary>Begins the launch of the instances <c>a</c> and <c>b</c>, but registers only the given ones.</summary>
    private async Task<LaunchKey> Launch(params string[] names)
    {
        var begun = await D.Grain.BeginLaunch(new() { Command = D.Command(), Name = "a launch", Digest = "digest", Instances = 2 });
        Assert.Equal(ConductorOutcome.Done, begun.Outcome);
        var key = new LaunchKey(D.Id, begun.Incarnation, "digest");
        await Grains.GetGrain<IRegistrarGrain>(0).Launch(new()
        {
            Conductor = D.Conductor,
            Launch = key,
            Instances = [.. names.Select(name => D.Config(name, ["ip"]))],
            MayBeThere = begun.Resumed,
        });
        return key;
    }
}
