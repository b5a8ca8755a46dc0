using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Events;
using Audrey.Core.Completion;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Grains.Tests.Cluster;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Events;

[Collection(ClusterCollection.Name)]
public sealed class EventsTests(ClusterFixture cluster)
{
    private readonly Deployment _d = cluster.Deployment("listener-" + Guid.NewGuid());

    private EventsReader Reader => new(cluster.Grains, _d);

    [Fact]
    public async Task The_events_of_a_deployable_are_in_order_and_their_numbers_have_no_gaps()
    {
        await _d.Register(_d.Config("db", ["ip"]));
        await _d.Register(_d.Config("web", null, Service("http", _d.From("db", "db", "ip"))));
        await _d.Get("web");
        await _d.Provide("db", "ip", "10.0.0.1");
        await Reader.Until(EventKind.ConfigurationComplete, "web");
        await _d.Get("web", "http");
        await _d.End("web", "http", "3");
        await Reader.Until(EventKind.ServiceFailed, "web");
        await _d.Grain.Delete(_d.Command());

        var all = await Reader.All();

        Assert.Equal(Enumerable.Range(1, all.Count).Select(number => (long)number), all.Select(told => told.Number));
        Assert.Equal(["registered", "db instance-registered"], EventsReader.Texts(
            all.Where(told => told.Number == 1 || (told.Details.Kind == EventKind.InstanceRegistered && told.Assembly == "db"))));
        Assert.Equal(
            ["db instance-registered", "db first-contact", "db values-given", "db instance-ended"],
            EventsReader.Texts(all.Where(told => told.Assembly == "db")));
        Assert.Equal(
            ["web instance-registered", "web first-contact", "web configuration-complete", "web service-started", "web service-failed",
                "web instance-ended"],
            EventsReader.Texts(all.Where(told => told.Assembly == "web")));
        Assert.Equal(EventKind.Deleted, all[^1].Details.Kind);
        var failed = all.Single(told => told.Details.Kind == EventKind.ServiceFailed).Details;
        Assert.Equal(("http", "3", 1L), (failed.Service, failed.ExitStatus, failed.Generation));
        Assert.NotNull(failed.Duration);
    }

    [Fact]
    public async Task The_history_outlives_the_deployable_and_has_the_last_status_of_each_instance()
    {
        await _d.Register(_d.Config("db", ["ip", "port"], Service("sql")));
        await _d.Provide("db", "ip", "10.0.0.1");
        await _d.End("db", "sql", "7");
        await _d.Grain.Delete(_d.Command());

        var page = await Reader.Read();
        Assert.True(page.Found);
        Assert.True(page.HasEnded);
        var last = page.Events.Single(told => told.Details.Kind == EventKind.InstanceEnded).Details.Last!;
        Assert.Equal(CompletionStatus.Error, last.Status);
        Assert.Equal(["port"], last.Missing.AsEnumerable());
        Assert.Equal(("sql", "7", CompletionStatus.Error), (last.Services[0].Name, last.Services[0].ExitStatus, last.Services[0].Status));
        Assert.NotNull(last.LastContact);
    }

    [Fact]
    public async Task If_a_deployable_is_registered_again_its_events_continue_with_the_next_numbers()
    {
        await _d.Register(_d.Config("db", ["ip"]));
        await _d.Provide("db", "ip", "10.0.0.1");
        await _d.Grain.Delete(_d.Command());
        var before = await Reader.All();

        await _d.Register(_d.Config("db", ["ip"]));
        await _d.Provide("db", "ip", "10.0.0.1");
        await Reader.Until(EventKind.ValuesGiven, "db", before[^1].Number);

        var after = (await Reader.All())[before.Count..];
        Assert.Equal(["registered", "db instance-registered", "db first-contact", "db values-given"], EventsReader.Texts(after));
        Assert.Equal(before[^1].Number + 1, after[0].Number);
        Assert.False((await Reader.Read()).HasEnded);
    }

    [Fact]
    public async Task Another_conductor_sees_no_events_even_if_it_later_reuses_the_id_it_sees_no_earlier_history()
    {
        await _d.Register(_d.Config("db", ["ip"]));
        var other = ConductorKey.Parse("other-" + Guid.NewGuid());
        Assert.False((await Reader.Read(conductor: other)).Found);
        await _d.Grain.Delete(_d.Command());
        var before = (await Reader.All())[^1].Number;

        await cluster.Grains.GetGrain<Abstractions.Instances.IInstanceGrain>(GrainKeys.Of(_d.InstanceId("db")))
            .Register(new(new ConductorCommand(other, Mark()), _d.Config("db", ["ip"]), []));

        var page = await Reader.Read(conductor: other);
        Assert.Equal((before + 1, before + 1), (page.First, page.Events[0].Number));
        Assert.Equal(EventKind.Registered, page.Events[0].Details.Kind);
        Assert.False((await Reader.Read()).Found);
    }

    [Fact]
    public async Task If_a_value_changes_repeatedly_its_name_is_reported_once_a_minute()
    {
        await _d.Register(_d.Config("db", ["ip", "port"]));
        await _d.Provide("db", "ip", "1");
        await _d.Provide("db", "port", "1");
        for (var value = 2; value < 10; value++) await _d.Provide("db", "ip",
            value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await _d.Provide("db", "port", "2");
        await _d.Grain.Delete(_d.Command());

        var changes = (await Reader.All()).Where(told => told.Details.Kind == EventKind.ValuesChanged).Select(told =>
            string.Join(",", told.Details.Names));
        Assert.Equal(["ip", "port"], changes);
    }

    [Fact]
    public async Task The_events_for_a_replaced_instance_have_the_new_generation_and_the_last_status_of_the_old_one()
    {
        await _d.Register(_d.Config("db", ["ip"], Service("sql")));
        await _d.End("db", "sql", "1");
        await _d.Instance("db").Replace(_d.Command(), "another secret");
        var all = await Reader.Until(EventKind.InstanceReplaced, "db");

        Assert.Equal(2, all[^1].Details.Generation);
        var ended = all.Single(told => told.Details.Kind == EventKind.InstanceEnded).Details;
        Assert.Equal((1L, CompletionStatus.Error), (ended.Generation, ended.Last!.Status));
    }

    [Fact]
    public async Task Pages_can_be_read_from_any_number_and_a_waiting_reader_receives_new_events()
    {
        await _d.Register(_d.Config("db", ["ip"]));
        var all = await Reader.Until(EventKind.InstanceRegistered, "db");
        var first = await Reader.Read(max: 1);
        Assert.Equal([1L], first.Events.Select(told => told.Number));

        var waiting = Reader.Read(all[^1].Number, wait: EventQuery.MaxWait);
        await _d.Provide("db", "ip", "1");
        Assert.Equal(EventKind.FirstContact, (await waiting.WaitAsync(TimeSpan.FromSeconds(30))).Events[0].Details.Kind);
    }
}
