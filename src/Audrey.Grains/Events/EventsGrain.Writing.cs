using Audrey.Abstractions;
using Audrey.Core.Events;
using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Events;

internal sealed partial class EventsGrain
{
    /// <summary>Events after which the cursors are written: what an activation reads again at most.</summary>
    private const int CursorsInterval = 32 * EventStore.PageSize;

    /// <summary>Pages of events in memory, the one that is being filled included.</summary>
    private const int PagesInMemory = 2;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _head = _served = _written = _row.State;
        if (_head.Incarnation == 0) return;
        for (var page = 0; page < _head.CursorPages; page++) _cursors.Load(await Store.ReadCursors(page));
        (_last, _judged) = (_head.CursorsThrough, _head.DeadlineJudged);
        for (var page = EventStore.PageOf(_last + 1); ; page++)
        {
            var row = await Store.ReadPage(page);
            foreach (var told in row.Events)
            {
                _recent.Add(told);
                if (told.Number <= _head.CursorsThrough) continue;
                _last = told.Number;
                _cursors.Replay(told);
                if (told.Number <= _head.RegisteredNumber) continue;
                if (told.Note.Kind == EventKind.Deleted) _end = told;
                _judged |= told.Note.Kind == EventKind.DeadlineMissed;
            }

            if (row.Events.Length < EventStore.PageSize) break;
        }

        _durable = _last;
        Trim();
        WatchDeadline();

        // It was begun and went no further.
        if (_last >= _head.RegisteredNumber) return;
        AddRegistered();
        await _write.Flush();
    }

    private async Task Write()
    {
        ThrowIfBroken();
        try
        {
            _isWriting = true;
            await WriteRows();
        }
        catch (Exception exception)
        {
            // What was written may be unknown: what is served from here on comes from storage again.
            Break();
            LogNotDurable(_logger, Id.Value, exception);
            throw NotDurable(exception);
        }
        finally
        {
            _isWriting = false;
        }

        TellNews();
    }

    private async Task WriteRows()
    {
        var through = _last;
        var (head, end, judged, firstPage) = (_head, _end, _judged, FirstPageFor(through));
        var isDue = through - head.CursorsThrough >= CursorsInterval || EventStore.FirstOf(firstPage) > head.CursorsThrough + 1;

        // Now: what is taken during the writes is not durable when they end.
        var cursors = isDue ? _cursors.TakeChanged() : [];
        var cursorPages = isDue ? _cursors.Pages : head.CursorPages;
        if (head.Incarnation != _served.Incarnation) await Begin(head);

        for (var page = EventStore.PageOf(_durable + 1); page <= EventStore.PageOf(through); page++)
        {
            var first = EventStore.FirstOf(page);
            await Store.WritePage(page, _recent.SkipWhile(told => told.Number < first).TakeWhile(told => told.Number < first + EventStore.PageSize && told.Number <= through));
        }

        foreach (var (page, row) in cursors) await Store.WriteCursors(page, row);
        var after = head;
        if (isDue) after = after with { CursorsThrough = through, CursorPages = cursorPages };
        if (firstPage > after.FirstPage) after = after with { FirstPage = firstPage };
        if (judged && !after.DeadlineJudged) after = after with { DeadlineJudged = true };
        if (end is not null && after.Ended is null) after = after with { Ended = end.Note.At };
        if (!ReferenceEquals(after, _written)) await WriteHead(after);

        // Only now: an incarnation is not served before the event that tells of it.
        (_head, _served, _durable) = (after, after, through);
        for (var page = head.FirstPage; page < after.FirstPage; page++) await Store.ClearPage(page);
        Trim();
    }

    /// <summary>The oldest page that may stay when there are events up to <paramref name="through"/>.</summary>
    private int FirstPageFor(long through)
    {
        var first = _head.FirstPage;
        while (through - EventStore.FirstOf(first) >= _options.MaxEvents) first++;
        return first;
    }

    /// <summary>Begins an incarnation: what was taken of another one tells nothing of this.</summary>
    private async Task Begin(EventsHead head)
    {
        for (var page = _served.CursorPages - 1; page >= 0; page--) await Store.ClearCursors(page);
        await WriteHead(head);
    }

    private async Task WriteHead(EventsHead head)
    {
        _row.State = head;
        await _row.WriteStateAsync();
        _written = head;
    }

    /// <summary>Forgets the events of pages that are complete and old.</summary>
    private void Trim()
    {
        var first = EventStore.FirstOf(Math.Max(0, EventStore.PageOf(Math.Max(1, _durable)) - PagesInMemory + 1));
        for (var page = _recent.Count > 0 ? EventStore.PageOf(_recent[0].Number) : int.MaxValue; EventStore.FirstOf(page) < first; page++) Store.Leave(page);
        _recent.RemoveAll(told => told.Number < first);
    }

    private void Break()
    {
        _broken = true;
        DeactivateOnIdle();
        TellNews();
    }

    private void ThrowIfBroken()
    {
        if (_broken) throw NotDurable(null);
    }

    private static NotDurableException NotDurable(Exception? cause) =>
        cause is null ? new("the log of events starts anew; try again") : new("the database did not take the events; try again later", cause);

    [LoggerMessage(LogLevel.Error, "Deployable {Deployable}: its events could not be written; the log starts anew from what is durable")]
    private static partial void LogNotDurable(ILogger logger, string deployable, Exception exception);
}
