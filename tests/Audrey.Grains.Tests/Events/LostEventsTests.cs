using Audrey.Abstractions.Events;
using Audrey.Core.Events;
using Audrey.Grains.Tests.Cluster;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Events;

/// <summary>Every event of an acknowledged report is stored in the log exactly once, no matter which step fails.</summary>
[Collection(ClusterCollection.Name)]
public sealed class LostEventsTests(ClusterFixture cluster)
{
    private readonly Deployment _d = cluster.Deployment("listener-" + Guid.NewGuid());

    private EventsReader Reader => new(cluster.Grains, _d);

    [Fact]
    public async Task An_event_that_was_not_yet_in_the_log_at_a_crash_is_appended_once_by_the_next_activation()
    {
        await _d.Register(_d.Config("db", ["ip"]));
        await Reader.Until(EventKind.InstanceRegistered, "db");
        using (var cut = cluster.Calls.Close("Append", _d.Tag))
        {
            // The batch never reaches the log. The activation that would send it again ends.
            await _d.Provide("db", "ip", "1");
            await cut.Arrived;
            await cluster.Restart(_d.Instance("db"));
            cut.Break();
        }

        Assert.Equal(0, (await Reader.All()).Count(told => told.Details.Kind == EventKind.ValuesGiven));
        await _d.Guest("db").GetCredential();
        await Reader.Until(EventKind.ValuesGiven, "db");
        await Deleted();
        Assert.Equal(
            ["db instance-registered", "db first-contact", "db values-given", "db instance-ended"],
            EventsReader.Texts((await Reader.All()).Where(told => told.Instance is not null)));
    }

    [Theory]
    [InlineData(FailurePoint.BeforeWrite)]
    [InlineData(FailurePoint.AfterWrite)]
    public async Task A_log_whose_write_fails_or_seems_to_fail_neither_loses_nor_repeats_events(FailurePoint fault)
    {
        await _d.Register(_d.Config("db", ["ip"]));
        var before = await Reader.Until(EventKind.InstanceRegistered, "db");
        cluster.Storage.FailNext("eventspage", _d.Tag, fault);
        await _d.Provide("db", "ip", "1");
        await Reader.UntilAgain(EventKind.ValuesGiven, before[^1].Number);
        await Deleted();

        var all = await Reader.All();
        Assert.Equal(
            ["registered", "db instance-registered", "db first-contact", "db values-given", "db instance-ended", "deleted"],
            EventsReader.Texts(all));
        Assert.Equal(Enumerable.Range(1, all.Count).Select(number => (long)number), all.Select(told => told.Number));
    }

    [Theory]
    [InlineData("events", FailurePoint.BeforeWrite)]
    [InlineData("events", FailurePoint.AfterWrite)]
    [InlineData("eventspage", FailurePoint.BeforeWrite)]
    [InlineData("eventspage", FailurePoint.AfterWrite)]
    public async Task If_the_event_of_a_deletion_could_not_be_written_the_deletion_is_finished_later_with_one_event(
        string row, FailurePoint fault)
    {
        await _d.Register(_d.Config("db", ["ip"]));
        await Reader.Until(EventKind.InstanceRegistered, "db");
        cluster.Storage.FailNext(row, _d.Tag, fault);

        await _d.DeleteUntilDone();

        Assert.Equal(["registered", "db instance-registered", "db instance-ended", "deleted"], EventsReader.Texts(await Reader.All()));
        Assert.Null(await _d.Grain.GetHeader());
        Assert.True((await Reader.Read()).HasEnded);
    }

    [Theory]
    [InlineData("events", FailurePoint.BeforeWrite)]
    [InlineData("events", FailurePoint.AfterWrite)]
    [InlineData("eventspage", FailurePoint.BeforeWrite)]
    public async Task If_the_first_write_of_a_log_fails_the_log_begins_at_the_next_append_or_read(string row, FailurePoint fault)
    {
        cluster.Storage.FailNext(row, _d.Tag, fault);
        await _d.Register(_d.Config("db", ["ip"]));
        await Reader.UntilAgain(EventKind.InstanceRegistered, 0);
        Assert.Equal(["registered", "db instance-registered"], EventsReader.Texts(await Reader.All()));
    }

    [Fact]
    public async Task New_activations_of_an_instance_and_its_log_do_not_repeat_events()
    {
        await _d.Register(_d.Config("db", ["ip"], Service("sql", _d.Given("a", "b"))));
        await _d.Provide("db", "ip", "1");
        await Reader.Until(EventKind.ConfigurationComplete, "db");
        var before = await Reader.All();
        await cluster.Restart(Reader.Grain);
        using (var sent = cluster.Calls.Watch("Append", _d.Tag))
        {
            await cluster.Restart(_d.Instance("db"));
            await _d.Get("db");
            await sent.Passed;
        }

        await Deleted();
        var after = EventsReader.Texts(await Reader.All());
        Assert.Equal([.. EventsReader.Texts(before), "db instance-ended", "deleted"], after);
    }

    [Fact]
    public async Task A_restarted_log_recognises_all_events_that_it_has_accepted()
    {
        await _d.Register(_d.Config("db", ["ip"]));
        await _d.Provide("db", "ip", "1");
        await Reader.Until(EventKind.ValuesGiven, "db");
        var before = EventsReader.Texts(await Reader.All());

        // All milestones are sent again. An instance that has never received an acknowledgement would do the same.
        await cluster.Restart(Reader.Grain);
        var all = await Reader.All();
        await Reader.Grain.Append(new EventBatch(1,
            [.. all.Where(told => told.Instance is not null).Select(told => new SourcedNote(told.Instance, told.Assembly, told.Details))]));

        Assert.Equal(before, EventsReader.Texts(await Reader.All()));
    }

    private Task Deleted() => _d.DeleteUntilDone();
}
