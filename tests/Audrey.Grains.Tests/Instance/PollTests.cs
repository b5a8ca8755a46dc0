using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Grains.Tests.Cluster;
using Audrey.Protocol.Version3;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Instance;

[Collection(ClusterCollection.Name)]
public sealed class WatchTests(ClusterFixture cluster)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Who_watches_is_told_once_with_the_body_when_the_value_comes_from_the_other_silo()
    {
        var d = await Deployed();
        await d.Get("web");
        await d.Get("db");
        if (cluster.SiloOf(d.Instance("web")).Equals(cluster.SiloOf(d.Instance("db")))) await cluster.MoveToOtherSilo(d.Instance("db"));
        var watcher = new Watcher(cluster.Grains);
        var before = await Watch(d, null, watcher);
        Assert.NotNull(before.Body);
        Assert.Null((await Watch(d, before.Revision, watcher)).Body);

        await d.Provide("db", "ip", "1");
        var (generation, told) = await watcher.Next();
        Assert.Equal((1, true), (generation, told!.IsComplete));
        Assert.Contains("\"value\":\"1\"", Encoding.UTF8.GetString(told.Body!), StringComparison.Ordinal);

        // Not watched any more: what changes now is told to nobody, and found by who asks.
        await d.Provide("db", "ip", "2");
        var after = await Watch(d, told.Revision, watcher);
        Assert.Contains("\"value\":\"2\"", Encoding.UTF8.GetString(after.Body!), StringComparison.Ordinal);
        Assert.False(watcher.HasMore);
    }

    [Fact]
    public async Task Progress_inside_a_service_that_still_waits_is_told_to_nobody()
    {
        var d = cluster.Deployment();
        await d.Register(d.Config("db", ["a", "b"]));
        await d.Register(d.Config("web", null, Service("http", d.From("a", "db", "a"), d.From("b", "db", "b"))));
        var watcher = new Watcher(cluster.Grains);
        var before = await Watch(d, null, watcher);
        await Watch(d, before.Revision, watcher);
        await d.Provide("db", "a", "1");
        Assert.Null((await Watch(d, before.Revision, watcher)).Body);
        await d.Provide("db", "b", "2");
        Assert.True((await watcher.Next()).Answer!.IsComplete);
        Assert.False(watcher.HasMore);
    }

    [Fact]
    public async Task Who_waits_for_a_group_is_told_how_it_stands_and_not_woken_by_each_of_it()
    {
        var d = cluster.Deployment();
        foreach (var name in new[] { "a", "b", "c" }) await d.Register(d.Config(name, ["ip"]));
        await d.Register(d.Config("web", null, Service("http", d.Of("all", ["a", "b", "c"], "ip", atLeast: 2))));
        var watcher = new Watcher(cluster.Grains);
        var before = await Watch(d, null, watcher);
        await Watch(d, before.Revision, watcher);

        await d.Provide("b", "ip", "1");
        Assert.False(watcher.HasMore);
        var now = await Watch(d, null, watcher);
        Assert.Equal(before.Revision, now.Revision);
        var missing = JsonSerializer.Deserialize(now.Body, Version3Json.Default.Configuration)!.Services.Single().Missing!;
        Assert.Equal([d.InstanceId("a").Value, d.InstanceId("c").Value], missing.Select(one => one.Provider.Instance));
        Assert.All(missing, one => Assert.Equal(new MissingGroup("group", Given: 1, Needed: 2, Size: 3), one.Group));
        Assert.All(missing, one => Assert.EndsWith("(1 of at least 2 are there of group 'group')", one.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failed_service_of_a_provider_is_told_though_no_value_comes()
    {
        var d = cluster.Deployment();
        await d.Register(d.Config("db", ["ip"], Service("mysql")));
        await d.Register(d.Config("web", null, Service("http", d.From("ip", "db", "ip"))));
        var watcher = new Watcher(cluster.Grains);
        await Watch(d, (await Watch(d, null, watcher)).Revision, watcher);
        await d.End("db", "mysql", "1");
        var told = (await watcher.Next()).Answer;
        Assert.False(told!.IsComplete);
        Assert.Contains("\"exitStatus\":\"1\"", Encoding.UTF8.GetString(told.Body!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registration_and_a_deletion_are_told_so_that_the_gateway_verifies_anew()
    {
        var d = await Deployed();
        var watcher = new Watcher(cluster.Grains);
        await Watch(d, (await Watch(d, null, watcher)).Revision, watcher);
        await d.Register(d.Config("web", null, Service("http", d.From("ip", "db", "ip"))));
        Assert.Equal(2, (await watcher.Next()).Generation);

        await Watch(d, (await Watch(d, null, watcher)).Revision, watcher);
        await d.DeleteUntilDone();
        Assert.Null((await watcher.Next()).Answer);
    }

    [Fact]
    public async Task A_revision_is_the_same_after_a_restart_and_on_another_silo_and_tells_nothing_of_another_instance()
    {
        var d = await Deployed();
        await d.Register(d.Config("twin", null, Service("http", d.From("ip", "db", "ip"))));
        await d.Provide("db", "ip", "1");
        var first = (await Watch(d, null, null)).Revision;
        await cluster.Restart(d.Instance("web"));
        Assert.Equal(first, (await Watch(d, null, null)).Revision);
        await cluster.MoveToOtherSilo(d.Instance("web"));
        Assert.Equal(first, (await Watch(d, null, null)).Revision);
        Assert.NotEqual(first, (await Watch(d, null, null, "twin")).Revision);
        Assert.Matches("^[0-9a-f]{32}$", first);
    }

    [Fact]
    public async Task Asking_on_behalf_of_a_guest_that_waits_is_no_contact()
    {
        var d = await Deployed();
        var contact = await d.Contact("web", version: 3);
        await d.Guest("web").Poll(contact, null, isFromGuest: false, null);
        Assert.Null((await d.Report("web")).LastContact);
        await d.Guest("web").Poll(contact, null, isFromGuest: true, null);
        Assert.NotNull((await d.Report("web")).LastContact);
        await cluster.Restart(d.Instance("web"));
        Assert.NotNull((await d.Report("web")).FirstContact);
    }

    private async Task<Deployment> Deployed()
    {
        var d = cluster.Deployment();
        await d.Register(d.Config("db", ["ip"]));
        await d.Register(d.Config("web", null, Service("http", d.From("ip", "db", "ip"))));
        return d;
    }

    private async Task<ConfigurationAnswer> Watch(Deployment d, string? known, Watcher? watcher, string name = "web")
    {
        var contact = await d.Contact(name, version: 3) with { Mark = GuestCommands.NoMark };
        return (await d.Guest(name).Poll(contact, known, isFromGuest: true, watcher?.Reference)).Value!;
    }

    private sealed class Watcher : IRevisionSubscriber
    {
        private readonly Channel<(long Generation, ConfigurationAnswer? Answer)> _told = Channel.CreateUnbounded<(long, ConfigurationAnswer?)>();

        public Watcher(IGrainFactory grains) => Reference = grains.CreateObjectReference<IRevisionSubscriber>(this);

        public IRevisionSubscriber Reference { get; }

        public bool HasMore => _told.Reader.Count > 0;

        public Task Notify(ImmutableArray<RevisionNotice> news)
        {
            foreach (var one in news) _told.Writer.TryWrite((one.Generation, one.Answer));
            return Task.CompletedTask;
        }

        public async Task<(long Generation, ConfigurationAnswer? Answer)> Next() => await _told.Reader.ReadAsync().AsTask().WaitAsync(Deadline);
    }
}
