using Audrey.Abstractions.Events;
using Audrey.Core.Statuses;
using Audrey.Grains.Concurrency;
using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Events;

/// <summary>
/// The counts of the instances. They follow the tallies that the instances append. A tally that an instance had not appended when its silo
/// ended is lost, so after that the grain asks all instances for their tallies once.
/// </summary>
internal sealed partial class EventsGrain
{
    /// <summary>The maximum time for which an answer waits for a count.</summary>
    private static readonly TimeSpan CountBound = TimeSpan.FromSeconds(2);

    /// <summary>The maximum time for which an answer waits for the instances of a launch.</summary>
    private static readonly TimeSpan LaunchBound = TimeSpan.FromSeconds(5);

    /// <summary>The interval at which an answer looks for the instances of a launch.</summary>
    private static readonly TimeSpan LaunchInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>The interval of counts, which mend what a long failure of the storage has left wrong.</summary>
    private static readonly TimeSpan CountInterval = TimeSpan.FromDays(1);

    private Task _counting = Task.CompletedTask;

    private bool IsCountDue
    {
        get
        {
            var (loss, interval) = (_epoch.Since, _time.GetUtcNow() - CountInterval);
            return _log.IsCountDue(loss > interval ? loss : interval);
        }
    }

    public async Task<CountedInstances> Summarize(long incarnation, int launched)
    {
        await EnsureCounted(incarnation);
        for (var begun = _time.GetTimestamp();
            _log.Incarnation == incarnation && _log.Summarize().Counts.Instances < launched && _time.GetElapsedTime(begun) < LaunchBound;)
            await Task.Delay(LaunchInterval, _time);
        var counted = _log.Summarize() with { IsRecounting = IsCountDue };

        // Everything in the answer is durable once this write is.
        if (_log.HasUnwritten) await _writer.Flush();
        return counted;
    }

    public async Task<FoundInstances?> Find(InstanceQuery query)
    {
        await EnsureCounted(query.Incarnation);
        var found = _log.Find(query);
        if (_log.HasUnwritten) await _writer.Flush();
        return found;
    }

    /// <summary>Begins a count of the instances if one is due, and waits for it, but not for long.</summary>
    private Task EnsureCounted(long incarnation)
    {
        _writer.ThrowIfFailed();
        return incarnation > _log.Incarnation || IsCountDue ? Ensure() : Task.CompletedTask;

        async Task Ensure()
        {
            if (incarnation > _log.Incarnation) await Adopt();
            if (!IsCountDue) return;
            if (_counting.IsCompleted) _counting = Count();
            await _counting.WaitUpToAsync(CountBound, _time);
            _writer.ThrowIfFailed();
        }
    }

    private async Task Count()
    {
        try
        {
            var (begun, incarnation, pages) = (_time.GetUtcNow(), _log.Incarnation, 1);
            for (var page = 0; page < pages; page++)
            {
                if (await Deployable.GetHeader() is not { } header || header.Incarnation != incarnation) return;
                pages = header.Pages;
                _log.BeginCount();
                var tallies = await Deployable.GetTallies(page);
                if (_log.Incarnation != incarnation) return;
                _log.EndCount(tallies);
                if (_log.HasUnwritten) await _writer.Flush();
            }

            _log.Counted(begun);
            await _writer.Flush();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The next request begins another count.
            LogCountFailed(_logger, Id.Value, exception.GetType().Name);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The instances of deployable {Deployable} could not be counted ({Failure})")]
    private static partial void LogCountFailed(ILogger logger, string deployable, string failure);
}
