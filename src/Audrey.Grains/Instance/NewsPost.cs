using System.Runtime.InteropServices;
using Audrey.Abstractions.Instances;
using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Instance;

/// <summary>
/// Takes this silo's news of configurations to the gateways where guests wait, together what comes together: when one value wakes ten
/// thousand instances, a gateway gets some tens of messages and not ten thousand.
/// </summary>
internal sealed partial class NewsPost : IDisposable
{
    /// <summary>
    /// News in one message: enough to make the message's own cost small, few enough that the first need not wait for the last.
    /// </summary>
    private const int MaxAtOnce = 256;

    /// <summary>
    /// How long the first news wait for others: instances that one value wakes do not all have theirs at the same moment.
    /// </summary>
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private readonly ILogger<NewsPost> _logger;
    private Dictionary<IRevisionSubscriber, List<RevisionNotice>> _waiting = [];
    private bool _telling;

    public NewsPost(TimeProvider time, ILogger<NewsPost> logger)
    {
        _logger = logger;
        _timer = time.CreateTimer(static post => ((NewsPost)post!).TellAll(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Has one gateway told, in a moment. Returns at once.</summary>
    public void Send(IRevisionSubscriber watcher, RevisionNotice news)
    {
        lock (_lock)
        {
            if (!_waiting.TryGetValue(watcher, out var all)) _waiting.Add(watcher, all = []);
            all.Add(news);
            if (!_telling) TellSoon();
        }
    }

    public void Dispose() => _timer.Dispose();

    private void TellAll()
    {
        Dictionary<IRevisionSubscriber, List<RevisionNotice>> taken;
        lock (_lock)
        {
            taken = _waiting;
            _waiting = [];
        }

        foreach (var (watcher, news) in taken)
            foreach (var some in news.Chunk(MaxAtOnce)) Tell(watcher, some);

        lock (_lock)
        {
            _telling = false;
            if (_waiting.Count > 0) TellSoon();
        }
    }

    /// <summary>One at a time, so that a gateway is told in order.</summary>
    private void TellSoon()
    {
        _telling = true;
        _timer.Change(Together, Timeout.InfiniteTimeSpan);
    }

    private void Tell(IRevisionSubscriber watcher, RevisionNotice[] news)
    {
        try
        {
            watcher.Notify(ImmutableCollectionsMarshal.AsImmutableArray(news)).Ignore();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A gateway asks again now and then for each that waits.
            LogNotTold(_logger, news.Length, exception);
        }
    }

    [LoggerMessage(LogLevel.Debug, "A gateway was not told of {Count} new configurations; it finds them when it asks again")]
    private static partial void LogNotTold(ILogger logger, int count, Exception exception);
}
