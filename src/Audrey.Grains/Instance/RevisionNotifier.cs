using System.Runtime.InteropServices;
using Audrey.Abstractions.Instances;
using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Instance;

/// <summary>
/// Notifies gateways of new configuration revisions on this silo, in batches. If one value wakes ten thousand instances, a gateway gets a
/// few dozen messages instead of ten thousand.
/// </summary>
internal sealed partial class RevisionNotifier : IDisposable
{
    /// <summary>
    /// The maximum number of notices in one message. It is large enough to make the cost of a message small, and small enough that the
    /// first notice is not delayed by the last.
    /// </summary>
    private const int MaxBatchSize = 256;

    /// <summary>
    /// How long the first notice waits for others. The instances that one value wakes do not all receive it at the same moment.
    /// </summary>
    private static readonly TimeSpan BatchDelay = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private readonly ILogger<RevisionNotifier> _logger;
    private Dictionary<IRevisionSubscriber, List<RevisionNotice>> _pending = [];
    private bool _isSending;

    public RevisionNotifier(TimeProvider time, ILogger<RevisionNotifier> logger)
    {
        _logger = logger;
        _timer = time.CreateTimer(
            static notifier => ((RevisionNotifier)notifier!).SendAll(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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

    private void SendAll()
    {
        Dictionary<IRevisionSubscriber, List<RevisionNotice>> taken;
        lock (_lock)
        {
            taken = _pending;
            _pending = [];
        }

        foreach (var (subscriber, notices) in taken)
            foreach (var batch in notices.Chunk(MaxBatchSize)) Send(subscriber, batch);

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

    private void Send(IRevisionSubscriber subscriber, RevisionNotice[] batch)
    {
        try
        {
            subscriber.Notify(ImmutableCollectionsMarshal.AsImmutableArray(batch)).Ignore();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A lost notice is tolerable: a gateway periodically asks again for each of its pending polls.
            LogNotNotified(_logger, batch.Length, exception);
        }
    }

    [LoggerMessage(LogLevel.Debug, "A gateway was not notified of {Count} new configuration revisions; it finds them when it asks again")]
    private static partial void LogNotNotified(ILogger logger, int count, Exception exception);
}
