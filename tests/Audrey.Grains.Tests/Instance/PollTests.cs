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
public sealed class PollTests(ClusterFixture cluster)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_subscriber_is_notified_once_and_receives_the_body_with_a_value_from_another_silo()
    {
        var d = await Deployed();
        await d.Get("web");
        await d.Get("db");
        if (cluster.SiloOf(d.Instance("web")).Equals(cluster.SiloOf(d.Instance("db")))) await cluster.MoveToOtherSilo(d.Instance("db"));
        var subscriber = new Subscriber(cluster.Grains);
        var before = await Poll(d, null, subscriber);
        Assert.NotNull(before.Body);
        Assert.Null((await Poll(d, before.Revision, subscriber)).Body);

        await d.Provide("db", "ip", "1");
        var (generation, answer) = await subscriber.Next();
        Assert.Equal((1, true), (generation, answer!.IsComplete));
        Assert.Contains("\"value\":\"1\"", Encoding.UTF8.GetString(answer.Body!), StringComparison.Ordinal);

        // The subscription has ended. A further change causes no notification. The next poll finds the change.
        await d.Provide("db", "ip", "2");
        var after = await Poll(d, answer.Revision, subscriber);
        Assert.Contains("\"value\":\"2\"", Encoding.UTF8.GetString(after.Body!), StringComparison.Ordinal);
        Assert.False(subscriber.HasMore);
    }

    [Fact]
    public async Task A_value_after_which_its_service_is_still_incomplete_causes_no_notification()
    {
        var d = cluster.Deployment();
        await d.Register(d.Config("db", ["a", "b"]));
        await d.Register(d.Config("web", null, Service("http", d.From("a", "db", "a"), d.From("b", "db", "b"))));
        var subscriber = new Subscriber(cluster.Grains);
        var before = await Poll(d, null, subscriber);
        await Poll(d, before.Revision, subscriber);
        await d.Provide("db", "a", "1");
        Assert.Null((await Poll(d, before.Revision, subscriber)).Body);
        await d.Provide("db", "b", "2");
        Assert.True((await subscriber.Next()).Answer!.IsComplete);
        Assert.False(subscriber.HasMore);
    }

    [Fact]
    public async Task A_guest_that_waits_for_a_group_sees_the_number_of_values_and_is_not_notified_of_each_value()
    {
        var d = cluster.Deployment();
        foreach (var name in new[] { "a", "b", "c" }) await d.Register(d.Config(name, ["ip"]));
        await d.Register(d.Config("web", null, Service("http", d.Of("all", ["a", "b", "c"], "ip", atLeast: 2))));
        var subscriber = new Subscriber(cluster.Grains);
        var before = await Poll(d, null, subscriber);
        await Poll(d, before.Revision, subscriber);

        await d.Provide("b", "ip", "1");
        Assert.False(subscriber.HasMore);
        var now = await Poll(d, null, subscriber);
        Assert.Equal(before.Revision, now.Revision);
        var missing = JsonSerializer.Deserialize(now.Body, Version3Json.Default.Configuration)!.Services.Single().Missing!;
        Assert.Equal([d.InstanceId("a").Value, d.InstanceId("c").Value], missing.Select(one => one.Provider!.Instance));
        Assert.All(missing, one => Assert.Equal(new MissingGroup("group", Given: 1, Needed: 2, Size: 3), one.Group));
        Assert.All(
            missing,
            one => Assert.EndsWith("(1 of at least 2 values of group 'group' are available)", one.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Subscribers_are_notified_of_a_failed_service_of_a_provider_even_if_no_value_arrives()
    {
        var d = cluster.Deployment();
        await d.Register(d.Config("db", ["ip"], Service("mysql")));
        await d.Register(d.Config("web", null, Service("http", d.From("ip", "db", "ip"))));
        var subscriber = new Subscriber(cluster.Grains);
        await Poll(d, (await Poll(d, null, subscriber)).Revision, subscriber);
        await d.End("db", "mysql", "1");
        var answer = (await subscriber.Next()).Answer;
        Assert.False(answer!.IsComplete);
        Assert.Contains("\"exitStatus\":\"1\"", Encoding.UTF8.GetString(answer.Body!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registration_or_deletion_notifies_the_gateway_so_that_it_verifies_the_credential_again()
    {
        var d = await Deployed();
        var subscriber = new Subscriber(cluster.Grains);
        await Poll(d, (await Poll(d, null, subscriber)).Revision, subscriber);
        await d.Register(d.Config("web", null, Service("http", d.From("ip", "db", "ip"))));
        Assert.Equal(2, (await subscriber.Next()).Generation);

        await Poll(d, (await Poll(d, null, subscriber)).Revision, subscriber);
        await d.DeleteUntilDone();
        Assert.Null((await subscriber.Next()).Answer);
    }

    [Fact]
    public async Task A_revision_is_the_same_after_a_restart_and_on_another_silo_and_differs_between_instances()
    {
        var d = await Deployed();
        await d.Register(d.Config("twin", null, Service("http", d.From("ip", "db", "ip"))));
        await d.Provide("db", "ip", "1");
        var first = (await Poll(d, null, null)).Revision;
        await cluster.Restart(d.Instance("web"));
        Assert.Equal(first, (await Poll(d, null, null)).Revision);
        await cluster.MoveToOtherSilo(d.Instance("web"));
        Assert.Equal(first, (await Poll(d, null, null)).Revision);
        Assert.NotEqual(first, (await Poll(d, null, null, "twin")).Revision);
        Assert.Matches("^[0-9a-f]{32}$", first);
    }

    [Fact]
    public async Task A_poll_that_the_gateway_repeats_by_itself_is_not_a_contact()
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

    private async Task<ConfigurationAnswer> Poll(Deployment d, string? known, Subscriber? subscriber, string name = "web")
    {
        var contact = await d.Contact(name, version: 3) with { Mark = GuestCommands.NoMark };
        return (await d.Guest(name).Poll(contact, known, isFromGuest: true, subscriber?.Reference)).Value!;
    }

    private sealed class Subscriber : IRevisionSubscriber
    {
        private readonly Channel<(long Generation, ConfigurationAnswer? Answer)> _notices =
            Channel.CreateUnbounded<(long, ConfigurationAnswer?)>();

        public Subscriber(IGrainFactory grains) => Reference = grains.CreateObjectReference<IRevisionSubscriber>(this);

        public IRevisionSubscriber Reference { get; }

        public bool HasMore => _notices.Reader.Count > 0;

        public Task Notify(ImmutableArray<RevisionNotice> notices)
        {
            foreach (var notice in notices) _notices.Writer.TryWrite((notice.Generation, notice.Answer));
            return Task.CompletedTask;
        }

        public async Task<(long Generation, ConfigurationAnswer? Answer)> Next() =>
            await _notices.Reader.ReadAsync().AsTask().WaitAsync(Deadline);
    }
}
