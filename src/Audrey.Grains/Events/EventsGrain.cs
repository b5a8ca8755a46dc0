using System.Collections.Immutable;
using Audrey.Abstractions;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Events;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Grains.Persistence;
using Audrey.Grains.Recovery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Orleans.Storage;

namespace Audrey.Grains.Events;

/// <inheritdoc cref="IEventsGrain"/>
/// <remarks>The shell of <see cref="EventLog"/>. The grain reads and writes the rows, and lets readers wait for new events.</remarks>
[GrainType("events")]
internal sealed partial class EventsGrain : Grain, IEventsGrain
{
    private readonly IPersistentState<EventsHead> _row;
    private readonly EventStore _store;
    private readonly EventOutbox _outbox;
    private readonly ClusterEpoch _epoch;
    private readonly int _maxEvents;
    private readonly TimeProvider _time;
    private readonly ILogger<EventsGrain> _logger;
    private readonly DurableWriter _writer;
    private EventLog _log;
    private Task _adopting = Task.CompletedTask;
    private TaskCompletionSource _nextWrite = NewSignal();
    private bool _isWriting;

    public EventsGrain(
        [PersistentState("events", StorageNames.Hot)] IPersistentState<EventsHead> row,
        [FromKeyedServices(StorageNames.Hot)] IGrainStorage storage,
        IGrainContext context, EventOutbox outbox, ClusterEpoch epoch, IOptions<HistoryOptions> options, TimeProvider time,
        ILogger<EventsGrain> logger)
    {
        Id = DeployableId.Parse(context.GrainId.Key.ToString()![2..]);
        (_row, _outbox, _epoch, _maxEvents, _time, _logger) = (row, outbox, epoch, options.Value.MaxEvents, time, logger);
        _store = new EventStore(storage, Id.Value);
        _writer = new DurableWriter(Write, this, logger);
        _log = new EventLog(new(), _maxEvents);
    }

    private DeployableId Id { get; }

    private IDeployableGrain Deployable => GrainFactory.GetGrain<IDeployableGrain>(GrainKeys.Of(Id));

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var head = _row.State;
        _log = new EventLog(head, _maxEvents);
        if (head.Incarnation == 0) return;
        for (var page = 0; page < head.CursorPages; page++) _log.Load(await _store.ReadCursors(page));
        for (var page = EventStore.PageOf(head.CursorsThrough + 1); ; page++)
        {
            var row = await _store.ReadPage(page);
            _log.Load(row);
            if (row.Events.Length < EventStore.PageSize) break;
        }

        for (var page = 0; _log.Load(await _store.ReadTallies(page)); page++)
        {
        }

        _log.Loaded();
        if (_log.Last > _log.Durable) await _writer.Flush();
    }

    public async Task Append(EventBatch batch)
    {
        _writer.ThrowIfFailed();
        if (batch.Incarnation > _log.Incarnation) await Adopt();

        // Late events of a deleted deployable are dropped.
        if (batch.Incarnation != _log.Incarnation) return;
        _log.Append(batch);

        // If all events of the batch were accepted before, this waits for them as well, because their write may still be under way.
        if (_log.HasUnwritten) await _writer.Flush();
        if (_log.Served.Ended is { } ended) await GrainFactory.GetGrain<IHistoriesGrain>(HistoriesGrain.Key).Keep(Id, ended);
    }

    public async Task<EventPage> Read(EventQuery query, CancellationToken cancellationToken)
    {
        _writer.ThrowIfFailed();

        // A reader can arrive before the first event of the deployable, even after the deployable was deleted and registered again.
        if (_log.Incarnation == 0 || _log.Served.Ended is not null) await Adopt();
        if (_log.Served.Incarnation == 0 || _log.Served.Conductor != query.Conductor) return EventPage.None;
        if (query.After == _log.Durable && query.Wait > TimeSpan.Zero && _log.Served.Ended is null)
            await NextWrite(query.Wait, cancellationToken);
        _writer.ThrowIfFailed();
        return await PageOf(query);
    }

    public async Task JudgeDeadline(long incarnation, DateTimeOffset deadline)
    {
        _writer.ThrowIfFailed();
        if (incarnation > _log.Incarnation) await Adopt();
        if (_log.IsToBeJudged(incarnation, deadline))
        {
            var late = await CountLate(deadline);
            if (_log.IsToBeJudged(incarnation, deadline)) _log.Judge(deadline, late);
        }

        if (_log.HasUnwritten) await _writer.Flush();
    }

    public async Task HandOver(long incarnation, ConductorKey conductor)
    {
        _writer.ThrowIfFailed();
        if (incarnation > _log.Incarnation) await Adopt();
        if (incarnation != _log.Incarnation) return;
        _log.HandOver(conductor);
        if (_log.HasUnwritten) await _writer.Flush();
    }

    public async Task Erase(DateTimeOffset endedUntil)
    {
        if (_writer.HasFailed || _log.Served.Incarnation == 0) return;
        await Adopt();
        while (_log.HasUnwritten || _isWriting) await _writer.Flush();
        if (_writer.HasFailed || _log.Served.Ended is not { } ended || ended > endedUntil) return;
        _writer.Stop();
        NotifyReaders();

        // The head is deleted last, because the other rows can be found again only while the head exists.
        for (var page = EventStore.PageOf(Math.Max(1, _log.Last)); page >= 0; page--) await _store.ClearPage(page);
        for (var page = _log.CursorPages; page >= 0; page--) await _store.ClearCursors(page);
        await _store.ClearTallies();
        await _row.ClearStateAsync();
        LogErased(_logger, Id.Value);
    }

    /// <summary>Checks whether the deployable has a newer incarnation. If so, the log begins with that incarnation.</summary>
    private Task Adopt() => _adopting.IsCompleted ? _adopting = AdoptNow() : _adopting;

    private async Task AdoptNow()
    {
        if (await Deployable.GetHeader() is not { } header) return;
        while (_log.HasUnwritten || _isWriting) await _writer.Flush();
        if (header.Incarnation <= _log.Incarnation) return;
        _log.Begin(header);
        await _writer.Flush();
    }

    /// <summary>
    /// Returns the number of instances whose deadline is this one or an earlier one that was not judged, and that had an obstacle other
    /// than a failed service by then. An instance of an unfinished launch or scaling that never joined is counted as well.
    /// </summary>
    private async Task<int> CountLate(DateTimeOffset deadline)
    {
        if (await Deployable.GetHeader() is not { } header || header.Incarnation != _log.Incarnation) return 0;
        var judgedUntil = _log.JudgedUntil;
        var (launched, inGroup, late) = (0, 0, 0);
        for (var page = 0; page < header.Pages; page++)
        {
            foreach (var report in await Deployable.GetReports(page))
            {
                if (!report.IsAfterLaunch) launched++;
                if (report.Name == header.Scaling?.Assembly) inGroup++;
                if (header.DeadlineOf(report) is { } own && IsJudged(own) && !(report.Settled <= own)) late++;
            }
        }

        if (header.Launch is { Sealed: null } launch && IsJudged(launch.Deadline)) late += Math.Max(0, launch.Instances - launched);
        if (header.Scaling is { } scaling && IsJudged(scaling.Deadline)) late = Math.Max(1, late + Math.Max(0, scaling.Count - inGroup));
        return late;

        bool IsJudged(DateTimeOffset? due) => due <= deadline && !(due <= judgedUntil);
    }

    private async Task<EventPage> PageOf(EventQuery query)
    {
        while (true)
        {
            var (head, durable, first) = (_log.Served, _log.Durable, _log.First);
            var from = Math.Max(first, query.After > durable ? 0 : query.After + 1);
            var events = _log.Recent(from) ?? (await _store.ReadPage(EventStore.PageOf(from))).Events.Where(entry => entry.Number >= from);
            ImmutableArray<DeployableEvent> page =
                [.. events.TakeWhile(entry => entry.Number <= durable).Take(Math.Clamp(query.MaxEvents, 1, EventPage.MaxEvents))];

            // The page may have been deleted while it was read.
            if (page.IsEmpty && from <= durable && !ReferenceEquals(head, _log.Served)) continue;
            return new() { Found = true, Events = page, First = first, Last = durable, HasEnded = head.Ended is not null };
        }
    }

    private async Task Write()
    {
        var write = _log.NextWrite();
        var isWritten = false;
        try
        {
            _isWriting = true;
            await WriteRows(write);
            isWritten = true;
        }
        finally
        {
            _isWriting = false;

            // A write of tallies alone has no news for the readers of events.
            if (!isWritten || write.WritesHead || write.Pages.Count > 0) NotifyReaders();
        }
    }

    private async Task WriteRows(EventsWrite write)
    {
        for (var page = write.OldCursorPages - 1; page >= 0; page--) await _store.ClearCursors(page);
        if (write.BeginsWith is { } begun) await WriteHead(begun);
        foreach (var (page, row) in write.Pages) await _store.WritePage(page, row);
        foreach (var (page, row) in write.Tallies) await _store.WriteTallies(page, row);
        foreach (var (page, row) in write.Cursors) await _store.WriteCursors(page, row);
        if (write.WritesHead) await WriteHead(write.Head);
        _log.Written(write);
        for (var page = write.OldPages.From; page < write.OldPages.To; page++) await _store.ClearPage(page);
        _store.LeaveBefore(_log.FirstPageInMemory);
    }

    private async Task WriteHead(EventsHead head)
    {
        _row.State = head;
        await _row.WriteStateAsync();
    }

    /// <summary>Waits for the next write, up to a limit. Returns early when the silo stops or the reader disconnects.</summary>
    private async Task NextWrite(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _outbox.Stopping);
        await _nextWrite.Task.WaitAsync(limit < EventQuery.MaxWait ? limit : EventQuery.MaxWait, _time, ended.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private void NotifyReaders()
    {
        var written = _nextWrite;
        _nextWrite = NewSignal();
        written.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(LogLevel.Information, "The history of deployable {Deployable} is erased")]
    private static partial void LogErased(ILogger logger, string deployable);
}
