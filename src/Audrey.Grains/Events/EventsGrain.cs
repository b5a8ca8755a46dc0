using System.Collections.Immutable;
using Audrey.Abstractions;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Events;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Grains.Concurrency;
using Audrey.Grains.Recovery;
using Audrey.Grains.Sets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Orleans.Storage;

namespace Audrey.Grains.Events;

/// <inheritdoc cref="IEventsGrain"/>
/// <remarks>
/// Serves and acknowledges only what is durable. Events are written in pages, in order, so that what a crash leaves is the beginning of what
/// was to be written. Parts: this file holds what is called, <c>.Writing</c> how rows are read and written,
/// <c>.Deadline</c> who notices that a deadline has passed.
/// </remarks>
[GrainType("events")]
internal sealed partial class EventsGrain : Grain, IEventsGrain
{
    private readonly IPersistentState<EventsHead> _row;
    private readonly IGrainStorage _storage;
    private readonly EventOutbox _outbox;
    private readonly HistoryOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<EventsGrain> _logger;
    private readonly WriteCoalescer _write;

    // What is served: only what is durable. Then what is to be written, and what the row holds; all the same while nothing waits.
    private EventsHead _served = new();
    private EventsHead _head = new();
    private EventsHead _written = new();
    private EventCursors _cursors = new();

    // The events of the newest pages, from the beginning of one.
    private readonly List<DeployableEvent> _recent = [];
    private long _last;
    private long _durable;
    private DeployableEvent? _end;
    private Task _adopting = Task.CompletedTask;
    private TaskCompletionSource _news = NewNews();
    private EventStore? _store;
    private bool _isWriting;
    private bool _broken;

    public EventsGrain(
        [PersistentState("events", StorageNames.Hot)] IPersistentState<EventsHead> head, [FromKeyedServices(StorageNames.Hot)] IGrainStorage storage,
        EventOutbox outbox, IOptions<HistoryOptions> options, TimeProvider time, ILogger<EventsGrain> logger)
    {
        (_row, _storage, _outbox, _options, _time, _logger) = (head, storage, outbox, options.Value, time, logger);
        _write = new WriteCoalescer(Write);
    }

    private DeployableId Id => DeployableId.Parse(this.GetPrimaryKeyString()[2..]);

    /// <summary>Whether the end of this incarnation was taken: nothing follows it.</summary>
    private bool HasEnded => _end is not null || _head.Ended is not null;

    private EventStore Store => _store ??= new EventStore(_storage, Id.Value);

    public async Task Append(EventBatch batch)
    {
        ThrowIfBroken();
        if (batch.Incarnation > _head.Incarnation) await Adopt();

        // Late news of a deployable that is gone is nobody's any more.
        if (batch.Incarnation != _head.Incarnation) return;
        foreach (var note in batch.Notes)
        {
            if (HasEnded || !_cursors.Take(note)) continue;
            Add(note);
        }

        // Also for what was taken before: its write may be under way.
        if (_last > _durable || (_end is not null && _served.Ended is null)) await _write.Flush();
        if (_served.Ended is { } ended) await GrainFactory.GetGrain<IHistoriesGrain>(HistoriesGrain.Key).Keep(Id, ended);
    }

    public async Task<EventPage> Read(EventQuery query)
    {
        ThrowIfBroken();

        // Somebody may ask before anything has happened to any instance, or before what was deleted and registered anew was told here.
        if (_head.Incarnation == 0 || _head.Ended is not null) await Adopt();
        if (_served.Incarnation == 0 || _served.Conductor != query.Conductor) return EventPage.None;
        if (query.After == _durable && query.Wait > TimeSpan.Zero && _served.Ended is null) await News(query.Wait);
        ThrowIfBroken();
        return await PageOf(query);
    }

    public async Task Erase(DateTimeOffset endedUntil)
    {
        if (_broken || _served.Incarnation == 0) return;
        await Adopt();
        while (_isWriting) await _write.Flush();
        if (_broken || _served.Ended is not { } ended || ended > endedUntil || !ReferenceEquals(_head, _served)) return;
        Break();

        // The head last: while it is there, the rest is found again.
        for (var page = EventStore.PageOf(Math.Max(1, _last)); page >= 0; page--) await Store.ClearPage(page);
        for (var page = _cursors.Pages; page >= 0; page--) await Store.ClearCursors(page);
        await _row.ClearStateAsync();
        LogErased(_logger, Id.Value);
    }

    /// <summary>Finds out whether there is a deployable that the log does not know of, and begins with it.</summary>
    private Task Adopt() => _adopting.IsCompleted ? _adopting = AdoptNow() : _adopting;

    private async Task AdoptNow()
    {
        if (await GrainFactory.GetGrain<IDeployableGrain>(GrainKeys.Of(Id)).GetHeader() is not { } header) return;
        while (_last > _durable || _isWriting) await _write.Flush();
        if (header.Incarnation <= _head.Incarnation) return;
        _head = _head with
        {
            Incarnation = header.Incarnation,
            Conductor = header.Conductor,
            Registered = header.Registered,
            RegisteredNumber = _last + 1,
            Instances = header.Launch?.Instances,
            Deadline = header.Launch?.Deadline,
            DeadlineJudged = false,
            Ended = null,
            FirstNumber = header.Conductor == _head.Conductor ? _head.FirstNumber : _last + 1,
            CursorsThrough = _last,
            CursorPages = 0,
        };
        _cursors = new EventCursors();
        (_end, _judged) = (null, false);
        AddRegistered();
        await _write.Flush();
        WatchDeadline();
    }

    private void AddRegistered() =>
        Add(new(null, null, new EventNote { Kind = EventKind.Registered, At = _head.Registered, Count = _head.Instances }));

    private void Add(SourcedNote note)
    {
        var told = new DeployableEvent(++_last, note.Instance, note.Assembly, note.Note);
        _recent.Add(told);
        if (note.Note.Kind == EventKind.Deleted) _end = told;
    }

    private async Task<EventPage> PageOf(EventQuery query)
    {
        while (true)
        {
            var head = _served;
            var first = Math.Max(EventStore.FirstOf(head.FirstPage), head.FirstNumber);
            var from = Math.Max(first, query.After > _durable ? 0 : query.After + 1);
            var durable = _durable;
            var events = from > durable ? []
                : _recent.Count > 0 && from >= _recent[0].Number ? _recent.Skip((int)(from - _recent[0].Number))
                : (await Store.ReadPage(EventStore.PageOf(from))).Events.Where(told => told.Number >= from);
            ImmutableArray<DeployableEvent> page = [.. events.TakeWhile(told => told.Number <= durable).Take(Math.Clamp(query.MaxEvents, 1, EventPage.MaxEvents))];

            // The page that was read may have gone meanwhile.
            if (page.IsEmpty && from <= durable && !ReferenceEquals(head, _served)) continue;
            return new() { Found = true, Events = page, First = first, Last = durable, HasEnded = head.Ended is not null };
        }
    }

    /// <summary>Waits until more is durable, for that long at most.</summary>
    private async Task News(TimeSpan atMost)
    {
        var news = _news.Task.WaitAsync(atMost < EventQuery.MaxWait ? atMost : EventQuery.MaxWait, _time, _outbox.Stopping);
        await news.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private void TellNews()
    {
        var told = _news;
        _news = NewNews();
        told.SetResult();
    }

    private static TaskCompletionSource NewNews() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(LogLevel.Information, "The history of deployable {Deployable} is erased")]
    private static partial void LogErased(ILogger logger, string deployable);
}
