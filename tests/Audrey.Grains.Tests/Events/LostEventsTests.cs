using Audrey.Abstractions.Events;
using Audrey.Core.Events;
using Audrey.Grains.Tests.Cluster;
using static Audrey.Grains.Tests.Cluster.Deployment;

namespace Audrey.Grains.Tests.Events;

/// <summary>Every event that follows from an acknowledged report reaches the log exactly once, whatever fails in between.</summary>
[Collection(ClusterCollection.Name)]
public sealed class LostEventsTests(ClusterFixture cluster)
{
    private readonly Deployment _d = cluster.Deployment("listener-" + Guid.NewGuid());

    private EventsReader Reader => new(cluster.Grains, _d);

    [Fact]
    public async Task An_event_acknowledged_before_a_crash_and_not_told_yet_is_told_once_by_the_next_activation()
    {
        await _d.Register(_d.Config("db", ["ip"]));
        await Reader.Until(EventKind.InstanceRegistered, "db");
        using (var cut = cluster.Calls.Close("Append", _d.Tag))
        {
            // The batch never reaches the log, and the instance that would send it again is gone.
            await _d.Provide("db", "ip", "1");
            await cut.Arrived;
            await cluster.Restart(_d.Instance("db"));
            cut.Break();
        }

        Assert.Equal(0, (await Reader.All()).Count(told => told.Note.Kind == EventKind.ValuesGiven));
        await _d.Guest("db").GetCredential();
        await Reader.Until(EventKind.ValuesGiven, "db");
        await Deleted();
        Assert.Equal(
            ["db instance-registered", "db first-contact", "db values-given", "db instance-ended"],
            EventsReader.Texts((await Reader.All()).Where(told => told.Instance is not null)));
    }

    [Theory]
    [InlineData(Fault.BeforeWrite)]
    [InlineData(Fault.AfterWrite)]
    public async Task A_log_whose_write_fails_or_may_have_failed_loses_and_repeats_nothing(Fault fault)
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
    [InlineData("events", Fault.BeforeWrite)]
    [InlineData("events", Fault.AfterWrite)]
    [InlineData("eventspage", Fault.BeforeWrite)]
    [InlineData("eventspage", Fault.AfterWrite)]
    public async Task A_deletion_that_could_not_be_told_is_finished_later_and_told_once(string row, Fault fault)
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
    [InlineData("events", Fault.BeforeWrite)]
    [InlineData("events", Fault.AfterWrite)]
    [InlineData("eventspage", Fault.BeforeWrite)]
    public async Task A_log_that_could_not_begin_begins_when_it_is_next_told_or_asked(string row, Fault fault)
    {
        cluster.Storage.FailNext(row, _d.Tag, fault);
        await _d.Register(_d.Config("db", ["ip"]));
        await Reader.UntilAgain(EventKind.InstanceRegistered, 0);
        Assert.Equal(["registered", "db instance-registered"], EventsReader.Texts(await Reader.All()));
    }

    [Fact]
    public async Task What_was_told_is_not_told_again_by_activations_of_instance_and_log()
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
    public async Task A_log_that_is_restarted_knows_all_that_it_was_told()
    {
        await _d.Register(_d.Config("db", ["ip"]));
        await _d.Provide("db", "ip", "1");
        await Reader.Until(EventKind.ValuesGiven, "db");
        var before = EventsReader.Texts(await Reader.All());

        // The same milestones are sent from the beginning, as from an instance that has never received an acknowledgement.
        await cluster.Restart(Reader.Grain);
        var all = await Reader.All();
        await Reader.Grain.Append(new EventBatch(1, [.. all.Where(told => told.Instance is not null).Select(told => new SourcedNote(told.Instance, told.Assembly, told.Note))]));

        Assert.Equal(before, EventsReader.Texts(await Reader.All()));
    }

    private Task Deleted() => _d.DeleteUntilDone();
}
