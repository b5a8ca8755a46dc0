using Audrey.Abstractions.Deployables;
using Audrey.Core.Events;
using Audrey.Grains.Propagation;
using Audrey.Grains.Recovery;
using Audrey.Grains.Sets;
using Audrey.Grains.Tests.Cluster;
using Audrey.Grains.Tests.Events;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.TestingHost;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.SiloDeath;

/// <summary>Tests with three silos that detect the death of a silo fast. Each test has its own cluster, because it kills a silo.</summary>
public sealed class SiloDeathTests : ClusterFixture, IAsyncLifetime
{
    protected override short Silos => 3;

    [Fact]
    public async Task If_the_silo_of_a_provider_dies_before_the_push_all_dependents_still_receive_the_value()
    {
        var d = await Deployed();
        var doomed = SiloOf(d.Instance("db"));
        await Keep(doomed, d.Instance("near"), d.Instance("far"), Dependents(d));
        await Polled(d, "MQ==");
        var deaths = Deaths(doomed);
        using (var push = Calls.Close("Publish", d.Tag))
        {
            await d.Provide("db", "ip", "2");
            await push.Arrived;
            await Kill(doomed);
            push.Break();
        }

        await deaths;
        await Polled(d, "Mg==");
    }

    [Fact]
    public async Task If_the_silo_of_the_dependents_page_dies_during_a_push_all_dependents_still_receive_the_value()
    {
        var d = await Deployed();
        var doomed = SiloOf(Dependents(d));
        await Keep(doomed, d.Instance("near"), d.Instance("far"), d.Instance("db"));
        await Polled(d, "MQ==");
        var deaths = Deaths(doomed);
        using (var receive = Calls.Close("Receive", d.Tag))
        {
            await d.Provide("db", "ip", "2");
            await receive.Arrived;
            await Kill(doomed);
            receive.Break();
        }

        await deaths;
        await Polled(d, "Mg==");
    }

    [Fact]
    public async Task A_pull_that_began_before_the_death_of_a_silo_is_repeated_after_the_death()
    {
        var d = await Deployed();
        var web = d.Instance("near");
        await Polled(d, "MQ==");
        var epoch = Cluster.GetSiloServiceProvider(SiloOf(web)).GetRequiredService<ClusterEpoch>();
        epoch.SiloStatusChangeNotification(SiloOf(web), SiloStatus.Dead);
        using var lost = Calls.Close("Receive", d.Tag);
        using var reply = Calls.Hold("GetSnapshot", d.Tag);

        // The pull has read the old value, and its answer is in flight. Then the value changes, and the push of the new value is lost with
        // a silo.
        var poll = d.Read("near");
        await reply.Arrived;
        await d.Provide("db", "ip", "2");
        epoch.SiloStatusChangeNotification(SiloOf(web), SiloStatus.Dead);
        var joined = d.Read("near");
        reply.Open();

        Assert.Equal("Complete |service|http|parameters|ip&Mg==|", await poll);
        Assert.Equal("Complete |service|http|parameters|ip&Mg==|", await joined);
    }

    [Fact]
    public async Task A_deletion_continues_after_the_death_of_its_silo()
    {
        var d = await Deployed();
        var doomed = SiloOf(d.Grain);
        await Keep(doomed, d.Instance("near"), d.Instance("far"), d.Instance("db"));
        var deaths = Deaths(doomed);
        using (var barrier = Calls.Close("Delete", "far-" + d.Tag))
        {
            // The call comes from a silo, as the call of a gateway does. A silo is notified of the death of the other silo. A client would
            // wait until its call times out.
            var survivor = Cluster.GetActiveSilos().First(silo => !silo.SiloAddress.Equals(doomed)).SiloAddress;
            var deletion = Cluster.GetSiloServiceProvider(survivor).GetRequiredService<IGrainFactory>()
                .GetGrain<IDeployableGrain>(d.Grain.GetPrimaryKeyString()).Delete(d.Command());
            await barrier.Arrived;
            using var ended = Calls.Watch("End", "x:");
            await Kill(doomed);
            barrier.Open();
            await deaths;
            await ended.Passed;
            await Record.ExceptionAsync(() => deletion);
        }

        Assert.Null(await Retry(() => d.Grain.GetHeader()));
        foreach (var name in new[] { "near", "far", "db" }) Assert.Null(await Retry(() => d.Guest(name).GetCredential().AsTask()));
    }

    [Fact]
    public async Task A_scaling_continues_after_the_death_of_its_silo()
    {
        var d = Deployment();
        var ips = d.Of("ips", ["web0"], "ip");
        await d.Register(d.Config("lb", [], Service("proxy", ips with { Group = ips.Group! with { Assembly = "web" } })));
        await d.Register(d.Config("web0", ["ip"]) with { Name = "web", Ordinal = 0 });
        var doomed = SiloOf(d.Grain);
        await Keep(doomed, d.Instance("lb"), d.Instance("web0"));
        var deaths = Deaths(doomed);
        using (var barrier = Calls.Close("Amend", "lb-" + d.Tag))
        {
            var survivor = Cluster.GetActiveSilos().First(silo => !silo.SiloAddress.Equals(doomed)).SiloAddress;
            var scaling = Cluster.GetSiloServiceProvider(survivor).GetRequiredService<IGrainFactory>()
                .GetGrain<IDeployableGrain>(d.Grain.GetPrimaryKeyString()).Scale(new(d.Command(), "web", 3));
            await barrier.Arrived;
            using var ended = Calls.Watch("End", UnfinishedWork.KeyOf(d.Id));
            await Kill(doomed);
            barrier.Open();
            await deaths;
            await ended.Passed;
            await Record.ExceptionAsync(() => scaling);
        }

        Assert.Null((await Retry(() => d.Grain.GetHeader()))!.Scaling);
        Assert.Equal(3, (await Retry(() => d.Grain.GetReports(0))).Count(report => report.Name == "web"));
        Assert.Equal(3, (await Retry(() => d.Member("lb").GetConfig(d.Id, 1).AsTask()))!.Services[0].Parameters[0].Group!.Members.Length);
    }

    protected override void Configure(ISiloBuilder silo)
    {
        silo.Services.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = TimeSpan.FromSeconds(1);
            options.NumMissedProbesLimit = 2;
            options.NumVotesForDeathDeclaration = 1;
            options.TableRefreshTimeout = TimeSpan.FromSeconds(1);
        });
        silo.Services.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(5));
    }

    private async Task<Deployment> Deployed()
    {
        var d = Deployment();
        await d.Register(d.Config("db", ["ip"]));
        foreach (var name in new[] { "near", "far" }) await d.Register(d.Config(name, [], Service("http", d.From("ip", "db", "ip"))));
        await d.Provide("db", "ip", "1");
        return d;
    }

    private IDependentsGrain Dependents(Deployment d) => Grains.Dependents(d.Id, 1, d.InstanceId("db"));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_acknowledged_event_is_in_the_log_once_even_if_the_silo_of_the_instance_or_of_the_log_dies(bool ofInstance)
    {
        var d = Deployment();
        await d.Register(d.Config("db", ["ip"]));
        var reader = new EventsReader(Grains, d);
        var before = await reader.Until(EventKind.InstanceRegistered);
        var doomed = SiloOf(ofInstance ? d.Instance("db") : reader.Grain);
        await Keep(doomed, ofInstance ? reader.Grain : d.Instance("db"), d.Grain);
        await d.Get("db");
        var deaths = Deaths(doomed);
        using (var told = Calls.Close("Append", d.Tag))
        {
            await d.Provide("db", "ip", "1");
            await told.Arrived;
            await Kill(doomed);
            told.Break();
        }

        await deaths;
        Assert.NotNull(await Retry(async () => await d.Instance("db").GetReport()));
        var after = await Retry(() => reader.Until(EventKind.ValuesGiven, after: before[^1].Number));
        Assert.Equal(["db first-contact", "db values-given"], EventsReader.Texts(after));
        await Retry(async () =>
        {
            await d.DeleteUntilDone();
            return true;
        });
        var all = EventsReader.Texts(await Retry(reader.All));
        Assert.Equal(["registered", "db instance-registered", "db first-contact", "db values-given", "db instance-ended", "deleted"], all);
    }

    /// <summary>Moves the given grains away from the silo that the test will kill.</summary>
    private async Task Keep(SiloAddress doomed, params IAddressable[] grains)
    {
        foreach (var grain in grains)
            if (SiloOf(grain).Equals(doomed)) await MoveToOtherSilo(grain);
    }

    private static async Task Polled(Deployment d, string value)
    {
        foreach (var name in new[] { "near", "far" })
            Assert.Equal($"Complete |service|http|parameters|ip&{value}|", await Retry(() => d.Read(name)));
    }

    /// <summary>Completes when every other silo has raised its epoch because of the death of the given silo.</summary>
    private Task Deaths(SiloAddress doomed) =>
        Task.WhenAll(Cluster.GetActiveSilos().Where(silo => !silo.SiloAddress.Equals(doomed)).Select(silo =>
    {
        var raised = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<ClusterEpoch>().Raised += () => raised.TrySetResult();
        return raised.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }).ToArray());

    private Task Kill(SiloAddress silo) => Cluster.KillSiloAsync(Cluster.GetSiloForAddress(silo)!);

    /// <summary>Retries a call that a dying silo rejects, as the gateway does.</summary>
    private static async Task<T> Retry<T>(Func<Task<T>> call)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (Exception exception) when (
                exception is OrleansMessageRejectionException or SiloUnavailableException or TimeoutException && attempt < 20)
            {
            }
        }
    }
}
