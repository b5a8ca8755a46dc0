using Audrey.Core.Instances;
using Audrey.Grains.Propagation;
using Audrey.Grains.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Propagation;

[Collection(ClusterCollection.Name)]
public sealed class BatchDispatcherTests(ClusterFixture fixture)
{
    /// <summary>The number of dependents in a test. There are enough of them that the dispatcher calls them in a batch.</summary>
    private const int Many = 40;

    [Fact]
    public async Task Instances_that_are_in_memory_on_any_silo_are_reached_with_one_call_for_each_silo()
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
        foreach (var name in Names().Where(name => name != "web7"))
            Assert.Equal("Complete |service|http|parameters|ip&OQ==|", await d.Read(name));
    }

    [Fact]
    public async Task A_few_instances_are_not_called_in_a_batch()
    {
        var d = await WithDependents();
        var snapshot = await d.Provider("db").GetSnapshot(d.Id, 1);
        var reached = await Everywhere().PushToLocal(snapshot, [.. Names().Take(3).Select(name => d.InstanceId(name).Value)]);
        Assert.Equal([false, false, false], reached);
    }

    [Fact]
    public async Task Dependents_that_are_not_in_memory_are_activated()
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
    public async Task If_no_silo_can_be_reached_each_dependent_is_called_individually()
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
    public async Task A_recipient_that_fails_counts_as_not_reached_and_does_not_delay_other_recipients()
    {
        var (accepted, recipients) = (new List<string>(), new LocalRecipients());
        var good = recipients.Add("good", new Recipient(_ => accepted.Add("good")));
        var bad = recipients.Add("bad", new Recipient(_ => throw new InvalidOperationException("broken")));
        var latch = new SnapshotLatch(recipients: 2, pushes: 2);
        bad.Push(Snapshot, latch, 0);
        good.Push(Snapshot, latch, 1);

        latch.Signal();

        var all = await latch.WhenAll().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal([false, true], all);
        Assert.Equal(["good"], accepted);
    }

    [Fact]
    public void The_end_of_an_activation_does_not_remove_the_next_activation()
    {
        var recipients = new LocalRecipients();
        var first = recipients.Add("i", new Recipient(_ => { }));
        var second = recipients.Add("i", new Recipient(_ => { }));
        recipients.Remove("i", first);
        Assert.Same(second, recipients.Find("i"));
        recipients.Remove("i", second);
        Assert.Null(recipients.Find("i"));
    }

    private static ProviderSnapshot Snapshot => new() { Provider = Core.Ids.InstanceId.Parse("p"), Version = 1 };

    private static IEnumerable<string> Names() => Enumerable.Range(0, Many).Select(number => $"web{number}");

    private BatchDispatcher Everywhere() => fixture.Cluster
        .GetSiloServiceProvider(fixture.Cluster.GetActiveSilos().First().SiloAddress).GetRequiredService<BatchDispatcher>();

    /// <summary>Creates a deployable with many instances that wait for one value. All of them are in memory.</summary>
    private async Task<Deployment> WithDependents()
    {
        var d = fixture.Deployment();
        await d.Register(d.Config("db", ["ip"]));
        foreach (var name in Names()) await d.Register(d.Config(name, [], Service("http", d.From("ip", "db", "ip"))));
        await Task.WhenAll(Names().Select(name => d.Get(name)));
        return d;
    }

    private sealed class Recipient(Action<ProviderSnapshot> accept) : ISnapshotRecipient
    {
        public void Accept(ProviderSnapshot snapshot) => accept(snapshot);
    }
}
