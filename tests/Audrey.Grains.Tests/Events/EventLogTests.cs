using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Events;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;
using Audrey.Grains.Events;

namespace Audrey.Grains.Tests.Events;

/// <summary>Tests the event log without its grain: the batches that the log accepts, and the events that it has written.</summary>
public sealed class EventLogTests
{
    private EventLog _log = new(new(), maxEvents: 1_000);
    private long _sequence;

    [Fact]
    public void An_incarnation_begins_with_an_event_of_its_own_and_the_head_is_written_before_it()
    {
        _log.Begin(Header(1));

        var write = _log.NextWrite();

        Assert.Equal(1, write.BeginsWith!.Incarnation);
        Assert.False(write.WritesHead);
        Assert.Equal(EventKind.Registered, Assert.Single(Assert.Single(write.Pages).Row.Events).Details.Kind);
        Assert.Equal(0, _log.Served.Incarnation);
        _log.Written(write);
        Assert.Equal((1L, 1L), (_log.Served.Incarnation, _log.Durable));
        Assert.False(_log.HasUnwritten);
    }

    [Fact]
    public void An_event_is_accepted_once_and_only_for_its_incarnation()
    {
        Begun();
        var note = NewNote();

        Append(1, note);
        Append(1, note);
        Append(2, NewNote());

        Assert.Equal(2, _log.Last);
    }

    [Fact]
    public void Events_that_are_accepted_during_a_write_are_not_part_of_that_write()
    {
        Begun();
        Append(1, NewNote());
        var write = _log.NextWrite();
        Append(1, NewNote());

        _log.Written(write);

        Assert.Equal((2L, 3L), (_log.Durable, _log.Last));
        Assert.True(_log.HasUnwritten);
        Assert.Empty(_log.Recent(3)!);
    }

    [Fact]
    public void No_event_is_accepted_after_the_end()
    {
        Begun();
        Append(1, new SourcedNote(null, null, new() { Kind = EventKind.Deleted, At = DateTimeOffset.UnixEpoch }), NewNote());

        var write = _log.NextWrite();

        Assert.Equal(2, write.ThroughNumber);
        Assert.Equal(DateTimeOffset.UnixEpoch, write.Head.Ended);
        Assert.True(write.WritesHead);
    }

    [Fact]
    public void A_write_contains_complete_pages_in_order()
    {
        Begun();
        Append(1, [.. Enumerable.Range(0, 300).Select(_ => NewNote())]);

        var write = _log.NextWrite();

        Assert.Equal([0, 1, 2], write.Pages.Select(page => page.Page));
        Assert.Equal([128, 128, 45], write.Pages.Select(page => page.Row.Events.Length));
        Assert.Equal(Enumerable.Range(1, 301).Select(number => (long)number),
            write.Pages.SelectMany(page => page.Row.Events).Select(e => e.Number));
    }

    [Fact]
    public void Old_pages_are_deleted_after_the_write_of_the_head_and_the_cursors()
    {
        Begun();
        Append(1, [.. Enumerable.Range(0, 1_200).Select(_ => NewNote())]);

        var write = _log.NextWrite();

        Assert.Equal((0, 2), write.OldPages);
        Assert.Equal((2, 1201L), (write.Head.FirstPage, write.Head.CursorsThrough));
        Assert.NotEmpty(write.Cursors);
        _log.Written(write);
        Assert.Equal(257, _log.First);
        Assert.Null(_log.Recent(257));
    }

    [Fact]
    public void The_check_for_a_missed_deadline_is_made_once()
    {
        Begun();
        var deadline = DateTimeOffset.UnixEpoch.AddHours(1);
        Assert.False(_log.IsToBeJudged(2, deadline));
        Assert.True(_log.IsToBeJudged(1, deadline));

        _log.Judge(deadline, late: 3);

        Assert.False(_log.IsToBeJudged(1, deadline));
        Assert.True(_log.IsToBeJudged(1, deadline.AddHours(1)));
        var write = _log.NextWrite();
        Assert.Equal(deadline, write.Head.JudgedUntil);
        Assert.Equal(3, Assert.Single(write.Pages).Row.Events[^1].Details.Count);
        _log.Written(write);
        Assert.False(_log.HasUnwritten);

        // The judgement is known after a restart from the head, and from the event if the head was not written.
        Assert.False(new EventLog(write.Head, maxEvents: 1_000).IsToBeJudged(1, deadline));
        var unwritten = new EventLog(write.Head with { JudgedUntil = null }, maxEvents: 1_000);
        foreach (var (_, row) in write.Pages) unwritten.Load(row);
        Assert.False(unwritten.IsToBeJudged(1, deadline));
    }

    [Fact]
    public void The_judgement_in_the_row_of_a_version_in_which_only_launches_had_deadlines_counts()
    {
        Begun();
        var deadline = DateTimeOffset.UnixEpoch.AddHours(1);
        var old = _log.Served with { Deadline = deadline, DeadlineJudged = true };

        var log = new EventLog(old, maxEvents: 1_000);

        Assert.False(log.IsToBeJudged(1, deadline));
        Assert.True(new EventLog(old with { DeadlineJudged = false }, maxEvents: 1_000).IsToBeJudged(1, deadline));
    }

    [Fact]
    public void A_log_that_was_loaded_again_accepts_no_event_twice()
    {
        Begun();
        var note = NewNote();
        Append(1, note);
        var write = _log.NextWrite();
        _log.Written(write);

        _log = new EventLog(_log.Served, maxEvents: 1_000);
        foreach (var (_, row) in write.Pages) _log.Load(row);
        _log.Loaded();
        Append(1, note);

        Assert.Equal((2L, 2L), (_log.Last, _log.Durable));
        Assert.Equal(2, _log.Recent(1)!.Count());
    }

    [Fact]
    public void If_the_first_event_of_an_incarnation_was_not_written_the_reloaded_log_begins_with_it_again()
    {
        _log.Begin(Header(1));
        var head = _log.NextWrite().BeginsWith!;

        _log = new EventLog(head, maxEvents: 1_000);
        _log.Loaded();

        Assert.Equal(EventKind.Registered, Assert.Single(Assert.Single(_log.NextWrite().Pages).Row.Events).Details.Kind);
    }

    private void Begun()
    {
        _log.Begin(Header(1));
        _log.Written(_log.NextWrite());
    }

    private void Append(long incarnation, params SourcedNote[] notes) => _log.Append(new EventBatch(incarnation, [.. notes]));

    private SourcedNote NewNote() =>
        new("web", "web", new() { Kind = EventKind.Applied, At = DateTimeOffset.UnixEpoch, Generation = 1, Sequence = ++_sequence });

    private static DeployableHeader Header(long incarnation) => new()
    {
        Id = DeployableId.Parse("shop"),
        Name = "a shop",
        Conductor = ConductorKey.Parse("conductor"),
        Registered = DateTimeOffset.UnixEpoch,
        Pages = 1,
        Deleting = false,
        Incarnation = incarnation,
        Launch = new() { Instances = 2, Begun = DateTimeOffset.UnixEpoch, Deadline = DateTimeOffset.UnixEpoch.AddHours(1) },
    };
}
