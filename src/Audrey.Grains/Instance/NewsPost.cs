using System.Collections.Immutable;
using Audrey.Abstractions.Instances;
using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Instance;

/// <summary>
/// Takes this silo's news of configurations to the gateways where guests wait, together what comes together: when one value wakes ten
/// thousand instances, a gateway gets some tens of messages and not ten thousand.
/// </summary>
internal sealed partial class NewsPost(ILogger<NewsPost> logger) : IThreadPoolWorkItem
{
    /// <summary>News in one message: enough to make the message's own cost small, few enough that the first need not wait for the last.</summary>
    private const int MostAtOnce = 256;

    private readonly Lock _lock = new();
    private Dictionary<IConfigurationWatcher, List<ConfigurationNews>> _waiting = [];
    private bool _working;

    /// <summary>Has one gateway told. Returns at once.</summary>
    public void Send(IConfigurationWatcher watcher, ConfigurationNews news)
    {
        lock (_lock)
        {
            if (!_waiting.TryGetValue(watcher, out var all)) _waiting.Add(watcher, all = []);
            all.Add(news);
            if (_working) return;
            _working = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (Take() is { } taken)
            foreach (var (watcher, news) in taken)
                foreach (var some in news.Chunk(MostAtOnce)) Tell(watcher, some);
    }

    private Dictionary<IConfigurationWatcher, List<ConfigurationNews>>? Take()
    {
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                _working = false;
                return null;
            }

            var taken = _waiting;
            _waiting = [];
            return taken;
        }
    }

    private void Tell(IConfigurationWatcher watcher, ConfigurationNews[] news)
    {
        try
        {
            watcher.Changed([.. news]).Ignore();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A gateway asks again now and then for each that waits.
            LogNotTold(logger, news.Length, exception);
        }
    }

    [LoggerMessage(LogLevel.Debug, "A gateway was not told of {Count} new configurations; it finds them when it asks again")]
    private static partial void LogNotTold(ILogger logger, int count, Exception exception);
}
