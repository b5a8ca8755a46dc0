using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Events;
using Audrey.Core.Events;
using Audrey.Core.Statuses;

namespace Audrey.Grains.Events;

/// <summary>
/// The log of one deployable in memory: which events it has taken, which of them are durable, and what is to be written next. It has no
/// clock
/// and does no I/O. Its user writes <see cref="NextWrite"/>, and then reports it as <see cref="Written"/>; only that is served.
/// </summary>
internal sealed class EventLog
{
    /// <summary>Events after which the cursors are written: an activation reads again as many at most.</summary>
    private const int CursorsInterval = 32 * EventStore.PageSize;

    /// <summary>Pages of events in memory, including the one that is being filled.</summary>
    private const int PagesInMemory = 2;

    private readonly int _maxEvents;

    // The events of the newest pages, from the beginning of one.
    private readonly List<DeployableEvent> _recent = [];
    private EventCursors _cursors = new();

    // Differs from what is served while an incarnation begins.
    private EventsHead _head;
    private DeployableEvent? _end;
    private bool _isJudged;

    /// <param name="head">The row.</param>
    /// <param name="maxEvents">How many events are kept, in whole pages.</param>
    public EventLog(EventsHead head, int maxEvents)
    {
        (Served, _head, _maxEvents, _isJudged) = (head, head, maxEvents, head.DeadlineJudged);
        Last = Durable = head.CursorsThrough;
    }

    /// <summary>The durable head: the only one that may be served.</summary>
    public EventsHead Served { get; private set; }

    /// <summary>The incarnation whose events are taken.</summary>
    public long Incarnation => _head.Incarnation;

    /// <summary>The deadline of that incarnation, or null.</summary>
    public DateTimeOffset? Deadline => _head.Deadline;

    /// <summary>The number of the newest event.</summary>
    public long Last { get; private set; }

    /// <summary>The number of the newest durable event.</summary>
    public long Durable { get; private set; }

    /// <summary>Whether the end of this incarnation was taken: nothing follows it.</summary>
    public bool HasEnded => _end is not null || _head.Ended is not null;

    /// <summary>Whether something is not durable yet.</summary>
    public bool HasUnwritten => Last > Durable || !ReferenceEquals(_head, Served)
        || (_isJudged && !Served.DeadlineJudged) || (_end is not null && Served.Ended is null);

    /// <summary>How many rows of cursors there are.</summary>
    public int CursorPages => _cursors.Pages;

    /// <summary>The number of the oldest event that may be served.</summary>
    public long First => Math.Max(EventStore.FirstOf(Served.FirstPage), Served.FirstNumber);

    /// <summary>The oldest page that is in memory or will be written.</summary>
    public int FirstPageInMemory => Math.Max(0, EventStore.PageOf(Math.Max(1, Durable)) - PagesInMemory + 1);

    /// <summary>Takes a row of cursors that was read. All of them come before the events.</summary>
    public void Load(EventCursorsRow row) => _cursors.Load(row);

    /// <summary>Takes a page of events that was read, beginning with that of the first event after the cursors.</summary>
    public void Load(EventsPageRow row)
    {
        foreach (var entry in row.Events)
        {
            _recent.Add(entry);
            if (entry.Number <= _head.CursorsThrough) continue;
            Last = Durable = entry.Number;
            _cursors.Replay(entry);
            if (entry.Number <= _head.RegisteredNumber) continue;
            if (entry.Note.Kind == EventKind.Deleted) _end = entry;
            _isJudged |= entry.Note.Kind == EventKind.DeadlineMissed;
        }
    }

    /// <summary>
    /// Ends the loading. If an incarnation was begun and its first event was never written, the event is taken again.
    /// </summary>
    public void Loaded()
    {
        Trim();
        if (Last < _head.RegisteredNumber) AddRegistered();
    }

    /// <summary>Begins with a newer incarnation. What was taken of an older one means nothing for it. Nothing may be unwritten.</summary>
    public void Begin(DeployableHeader deployable)
    {
        _head = _head with
        {
            Incarnation = deployable.Incarnation,
            Conductor = deployable.Conductor,
            Registered = deployable.Registered,
            RegisteredNumber = Last + 1,
            Instances = deployable.Launch?.Instances,
            Deadline = deployable.Launch?.Deadline,
            DeadlineJudged = false,
            Ended = null,
            FirstNumber = deployable.Conductor == _head.Conductor ? _head.FirstNumber : Last + 1,
            CursorsThrough = Last,
            CursorPages = 0,
        };
        _cursors = new EventCursors();
        (_end, _isJudged) = (null, false);
        AddRegistered();
    }

    /// <summary>Takes events. Leaves out what was taken before, what follows the end, and what another incarnation sends.</summary>
    public void Append(EventBatch batch)
    {
        if (batch.Incarnation != Incarnation) return;
        foreach (var note in batch.Notes)
            if (!HasEnded && _cursors.Take(note)) Add(note);
    }

    /// <summary>Returns whether the deadline of that incarnation is still to be judged.</summary>
    public bool IsToBeJudged(long incarnation) => incarnation == Incarnation && Deadline is not null && !_isJudged && !HasEnded;

    /// <summary>Takes the judgement of the deadline: how many instances were not complete by then.</summary>
    public void Judge(int late)
    {
        _isJudged = true;
        if (late > 0) Add(new(null, null, new EventNote { Kind = EventKind.DeadlineMissed, At = Deadline!.Value, Count = late }));
    }

    /// <summary>Returns the durable events from a number on, if they are in memory; null if they must be read.</summary>
    public IEnumerable<DeployableEvent>? Recent(long from) =>
        from > Durable ? [] : _recent.Count > 0 && from >= _recent[0].Number ? _recent.Skip((int)(from - _recent[0].Number)) : null;

    /// <summary>Returns everything that is to be written now.</summary>
    public EventsWrite NextWrite()
    {
        var firstPage = FirstPageFor(Last);
        var isCursorsDue = Last - _head.CursorsThrough >= CursorsInterval || EventStore.FirstOf(firstPage) > _head.CursorsThrough + 1;
        var after = _head;
        if (isCursorsDue) after = after with { CursorsThrough = Last, CursorPages = _cursors.Pages };
        if (firstPage > after.FirstPage) after = after with { FirstPage = firstPage };
        if (_isJudged && !after.DeadlineJudged) after = after with { DeadlineJudged = true };
        if (_end is not null && after.Ended is null) after = after with { Ended = _end.Note.At };
        var begins = _head.Incarnation != Served.Incarnation;
        return new()
        {
            BeginsWith = begins ? _head : null,
            OldCursorPages = begins ? Served.CursorPages : 0,
            Pages = Last == Durable ? [] : [.. PagesFrom(Durable + 1)],
            Cursors = isCursorsDue ? _cursors.TakeChanged() : [],
            Head = after,
            WritesHead = !ReferenceEquals(after, _head),
            ThroughNumber = Last,
            OldPages = (_head.FirstPage, after.FirstPage),
        };
    }

    /// <summary>Takes note that a write is durable. What was taken meanwhile is part of the next one.</summary>
    public void Written(EventsWrite write)
    {
        (_head, Served, Durable) = (write.Head, write.Head, write.ThroughNumber);
        Trim();
    }

    private void AddRegistered() =>
        Add(new(null, null, new EventNote { Kind = EventKind.Registered, At = _head.Registered, Count = _head.Instances }));

    private void Add(SourcedNote note)
    {
        var entry = new DeployableEvent(++Last, note.Instance, note.Assembly, note.Note);
        _recent.Add(entry);
        if (note.Note.Kind == EventKind.Deleted) _end = entry;
    }

    /// <summary>Returns whole pages, beginning with that of an event.</summary>
    private IEnumerable<(int Page, EventsPageRow Row)> PagesFrom(long number) =>
        from entry in _recent
        let page = EventStore.PageOf(entry.Number)
        where page >= EventStore.PageOf(number)
        group entry by page into events
        select (events.Key, new EventsPageRow { Events = [.. events] });

    /// <summary>Returns the oldest page that may stay when there are events up to <paramref name="through"/>.</summary>
    private int FirstPageFor(long through)
    {
        var first = _head.FirstPage;
        while (through - EventStore.FirstOf(first) >= _maxEvents) first++;
        return first;
    }

    /// <summary>Forgets the events of pages that are complete and old.</summary>
    private void Trim()
    {
        var first = EventStore.FirstOf(FirstPageInMemory);
        _recent.RemoveAll(entry => entry.Number < first);
    }
}

/// <summary>One write of a log, in the order of its properties.</summary>
internal sealed record EventsWrite
{
    /// <summary>
    /// The head of an incarnation that begins, or null. It is written before anything else, after the old cursors are deleted.
    /// </summary>
    public required EventsHead? BeginsWith { get; init; }

    /// <summary>How many rows of cursors the incarnation before has left.</summary>
    public required int OldCursorPages { get; init; }

    /// <summary>The pages of events, oldest first: what a crash leaves is the beginning of what was to be written.</summary>
    public required IReadOnlyList<(int Page, EventsPageRow Row)> Pages { get; init; }

    /// <summary>The rows of cursors.</summary>
    public required IReadOnlyList<(int Page, EventCursorsRow Row)> Cursors { get; init; }

    /// <summary>The head afterwards.</summary>
    public required EventsHead Head { get; init; }

    /// <summary>Whether the head has changed and is to be written.</summary>
    public required bool WritesHead { get; init; }

    /// <summary>The newest event that is durable afterwards.</summary>
    public required long ThroughNumber { get; init; }

    /// <summary>The pages that are deleted once the head is written: from the first number up to the second.</summary>
    public required (int From, int To) OldPages { get; init; }
}
