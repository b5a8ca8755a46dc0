using System.Collections.Immutable;
using Audrey.Abstractions;
using Audrey.Abstractions.Auditing;
using Audrey.Core.Auditing;
using Audrey.Grains.Events;
using Audrey.Grains.Persistence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Orleans.Storage;

namespace Audrey.Grains.Auditing;

/// <inheritdoc cref="IAuditGrain"/>
/// <remarks>
/// The shell of <see cref="AuditLog"/>. It reads and writes the rows. Outcomes are written by the next write of any entry, or soon after.
/// </remarks>
[GrainType("audit")]
internal sealed class AuditGrain : Grain, IAuditGrain
{
    /// <summary>The maximum number of pages that one call examines.</summary>
    private const int MaxPagesRead = AuditLog.SegmentPages;

    /// <summary>
    /// How long an entry without an outcome is held back, together with the entries after it. So a reader usually sees each entry once,
    /// with its outcome.
    /// </summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The time after which a command cannot be under way any more. The longest call of a command has a timeout of ten minutes.
    /// </summary>
    private static readonly TimeSpan MaxCommandTime = TimeSpan.FromMinutes(15);

    /// <summary>How long an outcome waits for the write of another entry. After a crash, the outcomes of this time are unknown.</summary>
    private static readonly TimeSpan MaxOutcomeDelay = TimeSpan.FromMilliseconds(200);

    private readonly IPersistentState<AuditHead> _row;
    private readonly NumberedRows<AuditPageRow> _pages;
    private readonly AuditOptions _options;
    private readonly TimeProvider _time;
    private readonly DurableWriter _writer;
    private readonly Dictionary<long, DateTimeOffset> _unfinished = [];
    private List<long> _ended = [];
    private IGrainTimer? _outcomes;
    private AuditLog _log;

    public AuditGrain(
        [PersistentState("audit", StorageNames.Hot)] IPersistentState<AuditHead> row,
        [FromKeyedServices(StorageNames.Hot)] IGrainStorage storage,
        IGrainContext context, IOptions<AuditOptions> options, TimeProvider time, ILogger<AuditGrain> logger)
    {
        (_row, _options, _time) = (row, options.Value, time);
        _pages = new(storage, "auditpage", context.GrainId.Key.ToString()![2..]);
        _writer = new DurableWriter(Write, this, logger);
        _log = new AuditLog(new());
    }

    private DateTimeOffset Oldest => _time.GetUtcNow() - _options.KeepFor;

    private long MaxBytes => _options.MaxBytes / AuditParts.Count;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _log = new AuditLog(_row.State);
        for (var page = _log.FirstPageInMemory; _log.Load(page, (await _pages.Read(page)).Entries); page++)
        {
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        WriteOutcomes(cancellationToken);

    public async Task<long> Add(AuditEntry entry, bool isUnique)
    {
        _writer.ThrowIfFailed();
        var known = _log.FindRepeated(entry, isUnique);
        var number = known ?? _log.Append(entry);
        if (known is not null) _log.Change(number, repeated => repeated with { Repetitions = repeated.Repetitions + 1 });
        else if (entry.Outcome is null) _unfinished[number] = _time.GetUtcNow();
        await _writer.Flush();
        return number;
    }

    public async Task End(AuditEnd end)
    {
        _writer.ThrowIfFailed();

        // A long command can end when its page is no longer in memory.
        var page = AuditLog.PageOf(end.Number);
        if (!_log.IsInMemory(page) && page >= _log.Served.FirstPage)
        {
            var row = await _pages.Read(page);
            if (!_log.IsInMemory(page)) _log.Load(page, row.Entries);
        }

        _log.Change(end.Number, entry => entry.Mark != end.Mark || entry.Outcome is not null
            ? entry
            : entry with { Outcome = end.Outcome, Detail = end.Detail, Ended = _time.GetUtcNow() });
        _ended.Add(end.Number);
        if (_ended.Count == 1) WriteOutcomesSoon();
    }

    public async Task<AuditPartPage> Read(AuditPartQuery query)
    {
        _writer.ThrowIfFailed();
        if (_ended.Count > 0) await _writer.Flush();
        var (oldest, limit, ended) = (Oldest, Limit(), _time.GetUtcNow() - MaxCommandTime);
        var after = query.After > _log.Durable ? 0 : query.After;
        var first = (long)_log.Served.FirstPage * AuditLog.PageSize;
        var missing = Math.Max(0, first - after);
        var next = Math.Max(after, (long)_log.FirstPageSince(query.From) * AuditLog.PageSize);
        next = Math.Min(next, Math.Max(after, limit));
        var found = ImmutableArray.CreateBuilder<AuditEntry>();
        DateTimeOffset? until = null;
        for (var pages = 0; pages < MaxPagesRead && next < limit && found.Count < query.MaxEntries; pages++)
        {
            var page = AuditLog.PageOf(next + 1);
            var entries = _log.DurableOf(page) ?? (await _pages.Read(page)).Entries;
            if (entries.IsEmpty || entries[^1].Number <= next)
            {
                // The page was deleted while it was read.
                next = Math.Min(limit, (long)(page + 1) * AuditLog.PageSize);
                continue;
            }

            foreach (var entry in entries.SkipWhile(entry => entry.Number <= next))
            {
                if (entry.Number > limit || found.Count == query.MaxEntries) break;
                (next, until) = (entry.Number, entry.Time > until ? entry.Time : until ?? entry.Time);
                if (entry.Time < oldest || !IsSelected(entry, query)) continue;
                found.Add(entry.Outcome is null && entry.Time < ended ? entry with { Outcome = AuditActions.Unknown } : entry);
            }
        }

        return new()
        {
            Entries = found.ToImmutable(),
            Next = next,
            Until = until,
            HasMore = next < limit,
            Missing = after == 0 && query.From is not null && found is [var earliest, ..] && earliest.Number > first + 1 ? 0 : missing,
        };
    }

    public async Task Trim()
    {
        _writer.ThrowIfFailed();
        _log.Trim(Oldest, MaxBytes);
        if (_log.MustWrite) await _writer.Flush();
    }

    private static bool IsSelected(AuditEntry entry, AuditPartQuery query) =>
        (query.Conductor is null || entry.Conductor == query.Conductor)
        && !(entry.Time < query.From) && !(entry.Time >= query.To);

    /// <summary>Returns the number of the newest entry that is served.</summary>
    private long Limit()
    {
        var now = _time.GetUtcNow();
        foreach (var late in _unfinished.Where(begun => now - begun.Value > MaxWait).Select(begun => begun.Key).ToList())
            _unfinished.Remove(late);
        return _unfinished.Count == 0 ? _log.Durable : Math.Min(_log.Durable, _unfinished.Keys.Min() - 1);
    }

    private async Task Write()
    {
        if (_log.HasNewSegment) _log.Trim(Oldest, MaxBytes);
        var (write, ended) = (_log.NextWrite(), _ended);
        _ended = [];
        foreach (var (page, entries) in write.Pages) await _pages.Write(page, new() { Entries = entries });
        if (write.Head != _log.Served)
        {
            _row.State = write.Head;
            await _row.WriteStateAsync();
        }

        for (var page = write.OldPages.From; page < write.OldPages.To; page++) await _pages.Clear(page);
        _log.Written(write);
        foreach (var number in ended) _unfinished.Remove(number);
        _pages.LeaveBefore(_log.FirstPageInMemory);
    }

    private void WriteOutcomesSoon()
    {
        if (_outcomes is { } timer) timer.Change(MaxOutcomeDelay, Timeout.InfiniteTimeSpan);
        else
        {
            _outcomes = this.RegisterGrainTimer(
                WriteOutcomes, new() { DueTime = MaxOutcomeDelay, Period = Timeout.InfiniteTimeSpan, Interleave = true });
        }
    }

    private async Task WriteOutcomes(CancellationToken cancellation)
    {
        if (_ended.Count == 0 || _writer.HasFailed) return;
        try
        {
            await _writer.Flush();
        }
        catch (NotDurableException)
        {
            // The writer has logged it and ends the activation. These outcomes stay unknown.
        }
    }
}
