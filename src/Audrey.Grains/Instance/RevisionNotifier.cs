using System.Runtime.InteropServices;
using Audrey.Abstractions.Instances;
using Audrey.Grains.Liveness;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Audrey.Grains.Instance;

/// <summary>
/// Notifies gateways of new configuration revisions on this silo, in batches. If one value changes ten thousand configurations, a gateway
/// gets a few dozen messages instead of ten thousand.
/// </summary>
internal sealed partial class RevisionNotifier : IDisposable
{
    /// <summary>
    /// The maximum number of notices in one message. The number is large enough to keep the cost for each notice low. The number is small
    /// enough that the last notice does not delay the first.
    /// </summary>
    private const int MaxBatchSize = 256;

    /// <summary>
    /// The time for which the first notice waits for other notices. Instances that wait for the same value do not all receive the value at
    /// the same moment.
    /// </summary>
    private static readonly TimeSpan BatchDelay = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private readonly ILogger<RevisionNotifier> _logger;
    private readonly ReadLease? _lease;
    private Dictionary<IRevisionSubscriber, List<RevisionNotice>> _pending = [];
    private bool _isSending;

    /// <param name="time">The clock of the delay.</param>
    /// <param name="logger">The log.</param>
    /// <param name="lease">The silo's read lease. Null if no other silo can declare this silo dead.</param>
    public RevisionNotifier(TimeProvider time, ILogger<RevisionNotifier> logger, ReadLease? lease = null)
    {
        (_logger, _lease) = (logger, lease);
        _timer = time.CreateTimer(
            static notifier => ((RevisionNotifier)notifier!).SendAll().Ignore(), this,
            Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether a round is scheduled or under way.</summary>
    internal bool IsSending
    {
        get
        {
            lock (_lock) return _isSending;
        }
    }

    /// <summary>Notifies one gateway after a short delay. Returns immediately.</summary>
    public void Send(IRevisionSubscriber subscriber, RevisionNotice notice)
    {
        lock (_lock)
        {
            if (!_pending.TryGetValue(subscriber, out var notices)) _pending.Add(subscriber, notices = []);
            notices.Add(notice);
            if (!_isSending) SendSoon();
        }
    }

    public void Dispose() => _timer.Dispose();

    private async Task SendAll()
    {
        Dictionary<IRevisionSubscriber, List<RevisionNotice>> taken;
        lock (_lock)
        {
            taken = _pending;
            _pending = [];
        }

        if (await MaySend(taken.Count))
        {
            foreach (var (subscriber, notices) in taken)
                foreach (var batch in notices.Chunk(MaxBatchSize)) Send(subscriber, batch);
        }

        lock (_lock)
        {
            _isSending = false;
            if (_pending.Count > 0) SendSoon();
        }
    }

    /// <summary>Schedules the next round. Rounds never overlap, so that a gateway gets its notices in order.</summary>
    private void SendSoon()
    {
        _isSending = true;
        _timer.Change(BatchDelay, Timeout.InfiniteTimeSpan);
    }

    // A notice is an answer to pending polls, also to those that began long after the notice was made.
    private async ValueTask<bool> MaySend(int gateways)
    {
        if (_lease is null || _lease.IsHeld) return true;
        try
        {
            await _lease.Confirm();
            return true;
        }
        catch (SiloUnavailableException failure)
        {
            LogNotSent(_logger, gateways, failure);
            return false;
        }
    }

    private void Send(IRevisionSubscriber subscriber, RevisionNotice[] batch)
    {
        try
        {
            subscriber.Notify(ImmutableCollectionsMarshal.AsImmutableArray(batch)).Ignore();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A lost notice is tolerable, because a gateway periodically polls the instance of each pending poll.
            LogNotNotified(_logger, batch.Length, exception);
        }
    }

    [LoggerMessage(
        LogLevel.Debug,
        "{Count} gateways were not notified of new configuration revisions, because this silo cannot show that it is alive")]
    private static partial void LogNotSent(ILogger logger, int count, Exception exception);

    [LoggerMessage(LogLevel.Debug, "A gateway was not notified of {Count} new configuration revisions. The gateway's next polls find them")]
    private static partial void LogNotNotified(ILogger logger, int count, Exception exception);
}
