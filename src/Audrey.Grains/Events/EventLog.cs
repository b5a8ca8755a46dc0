using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Events;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;

namespace Audrey.Grains.Events;

/// <summary>
/// The log of one deployable in memory: the accepted events, the durable events, and the next write. This class has no clock and does no
/// I/O. The caller writes <see cref="NextWrite"/> and then calls <see cref="Written"/>. Only durable events are served.
/// </summary>
internal sealed class EventLog
{
    /// <summary>The number of events after which the cursors are written. An activation reads at most that many events again.</summary>
    private const int CursorsInterval = 32 * EventStore.PageSize;

    /// <summary>The number of tallies after which the cursors are written.</summary>
    private const int TalliesInterval = 32 * EventTalliesRow.PageSize;

    /// <summary>The number of pages of events in memory, including the page that is being filled.</summary>
    private const int PagesInMemory = 2;

    private readonly int _maxEvents;

    // The events of the newest pages. The list starts at the beginning of a page.
    private readonly List<DeployableEvent> _recent = [];
    private EventCursors _cursors = new();

    // The tallies that were accepted after the newest cursors. The first of them are durable.
    private readonly List<SourcedTally> _tallies = [];
    private int _durableTallies;

    // The instances that were heard from since the current page of the count was read. Null if nothing is counted.
    private HashSet<string>? _heardSince;
    private DateTimeOffset? _counted;

    // Differs from the served head while an incarnation begins.
    private EventsHead _head;
    private DeployableEvent? _end;
    private DateTimeOffset? _judgedUntil;

    // The conductor that the log was handed to in this activation.
    private ConductorKey? _conductor;

    /// <param name="head">The log's head row.</param>
    /// <param name="maxEvents">The maximum number of events to keep, in whole pages.</param>
    public EventLog(EventsHead head, int maxEvents)
    {
        (Served, _head, _maxEvents, _counted) = (head, head, maxEvents, head.Counted);
        _judgedUntil = head.JudgedUntil ?? (head.DeadlineJudged ? head.Deadline : null);
        Last = Durable = head.CursorsThrough;
    }

    /// <summary>The durable head. No other head is served.</summary>
    public EventsHead Served { get; private set; }

    /// <summary>The incarnation whose events are accepted.</summary>
    public long Incarnation => _head.Incarnation;

    /// <summary>The number of the newest event.</summary>
    public long Last { get; private set; }

    /// <summary>The number of the newest durable event.</summary>
    public long Durable { get; private set; }

    /// <summary>Whether the end of this incarnation was accepted. No event follows the end.</summary>
    public bool HasEnded => _end is not null || _head.Ended is not null;

    /// <summary>Whether a change is not durable yet.</summary>
    public bool HasUnwritten => Last > Durable || !ReferenceEquals(_head, Served)
        || (_judgedUntil is { } judged && Served.JudgedUntil != judged) || (_end is not null && Served.Ended is null)
        || (_conductor is { } conductor && Served.Conductor != conductor)
        || _tallies.Count > _durableTallies || _counted != Served.Counted;

    /// <summary>The number of rows of cursors.</summary>
    public int CursorPages => _cursors.Pages;

    /// <summary>The number of the oldest event that can be served.</summary>
    public long First => Math.Max(EventStore.FirstOf(Served.FirstPage), Served.FirstNumber);

    /// <summary>The oldest page that is in memory or will be written.</summary>
    public int FirstPageInMemory => Math.Max(0, EventStore.PageOf(Math.Max(1, Durable)) - PagesInMemory + 1);

    /// <summary>Loads a row of cursors. All cursor rows must be loaded before the events.</summary>
    public void Load(EventCursorsRow row) => _cursors.Load(row);

    /// <summary>Loads a page of events. The first page to load contains the first event after the cursors.</summary>
    public void Load(EventsPageRow row)
    {
        foreach (var entry in row.Events)
        {
            _recent.Add(entry);
            if (entry.Number <= _head.CursorsThrough) continue;
            Last = Durable = entry.Number;
            _cursors.Replay(entry);
            if (entry.Number <= _head.RegisteredNumber) continue;
            if (entry.Details.Kind == EventKind.Deleted) _end = entry;
            if (entry.Details is { Kind: EventKind.DeadlineMissed, At: var missed } && !(missed <= _judgedUntil)) _judgedUntil = missed;
        }
    }

    /// <summary>
    /// Loads a page of tallies. All events must be loaded before. Returns false if the page and those after it are not valid.
    /// </summary>
    public bool Load(EventTalliesRow row)
    {
        if (row.Checkpoint != _head.Checkpoint) return false;
        foreach (var tally in row.Tallies) _cursors.Replay(tally);
        _tallies.AddRange(row.Tallies);
        _durableTallies = _tallies.Count;
        return row.Tallies.Length == EventTalliesRow.PageSize;
    }

    /// <summary>Ends the loading. If an incarnation was begun and its first event was never written, the event is added again.</summary>
    public void Loaded()
    {
        Trim();
        if (Last < _head.RegisteredNumber) AddRegistered();
    }

    /// <summary>
    /// Begins with a newer incarnation. The cursors of an older incarnation do not apply to the newer incarnation. All earlier changes must
    /// have been written.
    /// </summary>
    public void Begin(DeployableHeader deployable)
    {
        _head = _head with
        {
            Incarnation = deployable.Incarnation,
            Conductor = deployable.Conductor,
            Registered = deployable.Registered,
            RegisteredNumber = Last + 1,
            Instances = deployable.Launch?.Instances,
            Deadline = null,
            DeadlineJudged = false,
            JudgedUntil = null,
            Ended = null,
            FirstNumber = deployable.Conductor == _head.Conductor ? _head.FirstNumber : Last + 1,
            CursorsThrough = Last,
            CursorPages = 0,
            Checkpoint = _head.Checkpoint + 1,
            Counted = deployable.Registered,
        };
        _cursors = new EventCursors();
        _tallies.Clear();
        (_end, _judgedUntil, _conductor, _durableTallies, _counted) = (null, null, null, 0, _head.Counted);
        AddRegistered();
    }

    /// <summary>Gives the log to another conductor, who then reads all events of the earlier one.</summary>
    public void HandOver(ConductorKey conductor) => _conductor = conductor;

    /// <summary>
    /// Accepts events. Leaves out events that were accepted before, events after the end, and events of another incarnation.
    /// </summary>
    public void Append(EventBatch batch)
    {
        if (batch.Incarnation != Incarnation) return;
        foreach (var note in batch.Notes)
            if (!HasEnded && _cursors.Take(note)) Add(note);
        foreach (var tally in batch.Tallies ?? [])
        {
            _heardSince?.Add(tally.Instance);
            Take(tally);
        }
    }

    /// <summary>Returns the counts of the instances. They include changes that are not durable yet.</summary>
    public CountedInstances Summarize() => _cursors.Summarize();

    /// <summary>Returns some instances by their tallies. Null if the last instance of the query is unknown.</summary>
    public FoundInstances? Find(InstanceQuery query) => _cursors.Find(query);

    /// <summary>
    /// Returns whether the instances must be counted again because a tally can have been lost since the last count.
    /// </summary>
    /// <param name="since">The time of the last loss.</param>
    public bool IsCountDue(DateTimeOffset since) => Incarnation > 0 && !HasEnded && !(_counted >= since);

    /// <summary>Called before some instances are asked for their tallies. What they append from now on is newer.</summary>
    public void BeginCount() => _heardSince = new(StringComparer.Ordinal);

    /// <summary>Accepts the tallies that were asked for.</summary>
    public void EndCount(IEnumerable<SourcedTally> tallies)
    {
        foreach (var tally in tallies)
            if (_heardSince?.Contains(tally.Instance) == false) Take(tally);
        _heardSince = null;
    }

    /// <summary>Called when all instances have been counted.</summary>
    /// <param name="begun">The time at which the count began.</param>
    public void Counted(DateTimeOffset begun) => _counted = begun;

    /// <summary>Returns whether a deadline of that incarnation still has to be judged.</summary>
    public bool IsToBeJudged(long incarnation, DateTimeOffset deadline) =>
        incarnation == Incarnation && !(deadline <= _judgedUntil) && !HasEnded;

    /// <summary>Gets the last deadline that was judged. Null if none was.</summary>
    public DateTimeOffset? JudgedUntil => _judgedUntil;

    /// <summary>Accepts the judgement of a deadline: <paramref name="late"/> of its instances were not complete by then.</summary>
    public void Judge(DateTimeOffset deadline, int late)
    {
        _judgedUntil = deadline;
        if (late > 0) Add(new(null, null, new EventNote { Kind = EventKind.DeadlineMissed, At = deadline, Count = late }));
    }

    /// <summary>Returns the durable events from a number on. Null if the events are not in memory and must be read.</summary>
    public IEnumerable<DeployableEvent>? Recent(long from) =>
        from > Durable ? [] : _recent.Count > 0 && from >= _recent[0].Number ? _recent.Skip((int)(from - _recent[0].Number)) : null;

    /// <summary>Returns all changes that have to be written now.</summary>
    public EventsWrite NextWrite()
    {
        var firstPage = FirstPageFor(Last);
        var isCursorsDue = Last - _head.CursorsThrough >= CursorsInterval || EventStore.FirstOf(firstPage) > _head.CursorsThrough + 1
            || _tallies.Count >= TalliesInterval;
        var after = _head;
        if (isCursorsDue)
            after = after with { CursorsThrough = Last, CursorPages = _cursors.Pages, Checkpoint = after.Checkpoint + 1 };
        if (_counted != after.Counted) after = after with { Counted = _counted };
        if (firstPage > after.FirstPage) after = after with { FirstPage = firstPage };
        if (_judgedUntil is { } judged && after.JudgedUntil != judged) after = after with { JudgedUntil = judged };
        if (_conductor is { } conductor && after.Conductor != conductor) after = after with { Conductor = conductor };
        if (_end is not null && after.Ended is null) after = after with { Ended = _end.Details.At };
        var begins = _head.Incarnation != Served.Incarnation;
        return new()
        {
            BeginsWith = begins ? _head : null,
            OldCursorPages = begins ? Served.CursorPages : 0,
            Pages = Last == Durable ? [] : [.. PagesFrom(Durable + 1)],
            Tallies = [.. TallyPages()],
            Cursors = isCursorsDue ? _cursors.TakeChanged() : [],
            Head = after,
            WritesHead = !ReferenceEquals(after, _head),
            ThroughNumber = Last,
            ThroughTally = _tallies.Count,
            OldPages = (_head.FirstPage, after.FirstPage),
        };
    }

    /// <summary>Records that a write is durable. Events that were accepted in the meantime are part of the next write.</summary>
    public void Written(EventsWrite write)
    {
        var isCheckpoint = write.Head.Checkpoint != _head.Checkpoint;
        (_head, Served, Durable, _durableTallies) = (write.Head, write.Head, write.ThroughNumber, isCheckpoint ? 0 : write.ThroughTally);
        if (isCheckpoint) _tallies.RemoveRange(0, write.ThroughTally);
        Trim();
    }

    private void Take(SourcedTally tally)
    {
        if (!HasEnded && _cursors.Take(tally)) _tallies.Add(tally);
    }

    /// <summary>Returns the pages with tallies that are not durable yet. The first of them can begin with durable ones.</summary>
    private IEnumerable<(int Page, EventTalliesRow Row)> TallyPages()
    {
        if (_tallies.Count == _durableTallies) yield break;
        for (var page = _durableTallies / EventTalliesRow.PageSize; page * EventTalliesRow.PageSize < _tallies.Count; page++)
        {
            var tallies = _tallies.Skip(page * EventTalliesRow.PageSize).Take(EventTalliesRow.PageSize);
            yield return (page, new() { Checkpoint = _head.Checkpoint, Tallies = [.. tallies] });
        }
    }

    private void AddRegistered() =>
        Add(new(null, null, new EventNote { Kind = EventKind.Registered, At = _head.Registered, Count = _head.Instances }));

    private void Add(SourcedNote note)
    {
        var entry = new DeployableEvent(++Last, note.Instance, note.Assembly, note.Details, note.Label);
        _recent.Add(entry);
        if (note.Details.Kind == EventKind.Deleted) _end = entry;
    }

    /// <summary>Returns whole pages, beginning with the page of an event.</summary>
    private IEnumerable<(int Page, EventsPageRow Row)> PagesFrom(long number) =>
        from entry in _recent
        let page = EventStore.PageOf(entry.Number)
        where page >= EventStore.PageOf(number)
        group entry by page into events
        select (events.Key, new EventsPageRow { Events = [.. events] });

    /// <summary>Returns the oldest page that can be kept when there are events up to <paramref name="through"/>.</summary>
    private int FirstPageFor(long through)
    {
        var first = _head.FirstPage;
        while (through - EventStore.FirstOf(first) >= _maxEvents) first++;
        return first;
    }

    /// <summary>Removes the events of old, complete pages from memory.</summary>
    private void Trim()
    {
        var first = EventStore.FirstOf(FirstPageInMemory);
        _recent.RemoveAll(entry => entry.Number < first);
    }
}
