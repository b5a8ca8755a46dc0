using Audrey.Core.Instances;
using Audrey.Grains.Propagation;
using Audrey.Grains.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Propagation;

[Collection(ClusterCollection.Name)]
public sealed class BatchDispatcherTests(ClusterFixture fixture)
{
    /// <summary>So many that they are given to together.</summary>
    private const int Many = 40;

    [Fact]
    public async Task Those_in_memory_of_any_silo_have_it_with_one_call_for_each_silo_and_the_others_are_named()
    {
        var d = await WithDependents();
        var away = d.Instance("web7");
        await d.Provide("db", "ip", "1");
        await fixture.Restart(away);
        var snapshot = await d.Provider("db").GetSnapshot(d.Id, 1) with { Version = 1_000, Values = [new("ip", "9"u8.ToArray())] };
        using var one = fixture.Calls.Watch("Receive", d.Tag);

        var reached = await Everywhere().PushToLocal(snapshot, [.. Names().Select(name => d.InstanceId(name).Value), "nobody"]);

        Assert.Equal([.. Names().Select(name => name != "web7"), false], reached);
        Assert.Equal(0, one.Arrivals);
        foreach (var name in Names().Where(name => name != "web7")) Assert.Equal("Complete |service|http|parameters|ip&OQ==|", await d.Read(name));
    }

    [Fact]
    public async Task Few_are_called_one_by_one()
    {
        var d = await WithDependents();
        var snapshot = await d.Provider("db").GetSnapshot(d.Id, 1);
        var reached = await Everywhere().PushToLocal(snapshot, [.. Names().Take(3).Select(name => d.InstanceId(name).Value)]);
        Assert.Equal([false, false, false], reached);
    }

    [Fact]
    public async Task Of_many_dependents_those_that_are_not_in_memory_are_woken()
    {
        var d = await WithDependents();
        await d.Provide("db", "ip", "1");
        await fixture.Restart(d.Instance("web3"));
        using var woken = fixture.Calls.Watch("Receive", "web3-" + d.Tag);

        await d.Provide("db", "ip", "2");
        await woken.Passed;

        foreach (var name in Names()) Assert.Equal("Complete |service|http|parameters|ip&Mg==|", await d.Read(name));
    }

    [Fact]
    public async Task When_no_silo_can_be_reached_each_dependent_is_called()
    {
        var d = await WithDependents();
        using var all = fixture.Calls.Watch("Receive", d.Tag, times: Many);
        using (var cut = fixture.Calls.Close("Push", ""))
        {
            cut.Break();
            await d.Provide("db", "ip", "1");
            await all.Passed;
            Assert.True(cut.Arrivals > 0);
        }

        foreach (var name in Names()) Assert.Equal("Complete |service|http|parameters|ip&MQ==|", await d.Read(name));
    }

    [Fact]
    public async Task A_recipient_that_fails_has_not_taken_it_and_holds_up_nobody()
    {
        var (taken, places) = (new List<string>(), new LocalRecipients());
        var (good, bad) = (places.Add("good", new Recipient(_ => taken.Add("good"))), places.Add("bad", new Recipient(_ => throw new InvalidOperationException("broken"))));
        var latch = new SnapshotLatch(recipients: 2, pushes: 2);
        bad.Push(Snapshot, latch, 0);
        good.Push(Snapshot, latch, 1);

        latch.Signal();

        var all = await latch.WhenAll().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal([false, true], all);
        Assert.Equal(["good"], taken);
    }

    [Fact]
    public void An_activation_that_goes_leaves_the_place_that_another_has_taken()
    {
        var places = new LocalRecipients();
        var first = places.Add("i", new Recipient(_ => { }));
        var second = places.Add("i", new Recipient(_ => { }));
        places.Remove("i", first);
        Assert.Same(second, places.Find("i"));
        places.Remove("i", second);
        Assert.Null(places.Find("i"));
    }

    private static ProviderSnapshot Snapshot => new() { Provider = Core.Ids.InstanceId.Parse("p"), Version = 1 };

    private static IEnumerable<string> Names() => Enumerable.Range(0, Many).Select(number => $"web{number}");

    private BatchDispatcher Everywhere() => fixture.Cluster.GetSiloServiceProvider(fixture.Cluster.GetActiveSilos().First().SiloAddress).GetRequiredService<BatchDispatcher>();

    /// <summary>A deployable with many instances that wait for one value, all of them in memory.</summary>
    private async Task<Deployment> WithDependents()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ip"]));
        foreach (var name in Names()) await d.Register(d.Config(name, [], Service("http", d.From("ip", "db", "ip"))));
        await Task.WhenAll(Names().Select(name => d.Get(name)));
        return d;
    }

    private sealed class Recipient(Action<ProviderSnapshot> take) : ISnapshotRecipient
    {
        public void Accept(ProviderSnapshot snapshot) => take(snapshot);
    }
}
