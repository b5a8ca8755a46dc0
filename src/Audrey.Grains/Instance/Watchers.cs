using Audrey.Abstractions.Instances;

namespace Audrey.Grains.Instance;

/// <summary>
/// The gateways where this instance's guest waits, each to be told once. Soft: a gateway asks again now and then, so what is lost with an
/// activation, or told to nobody, is made good; one that stopped is forgotten after <see cref="Patience"/>.
/// </summary>
internal sealed class Watchers(TimeProvider time)
{
    /// <summary>Longer than any gateway waits before it asks again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Gateways of a large cluster; beyond that, who comes is not told.</summary>
    private const int MaxWatchers = 64;

    // Nearly always one, of ten thousand instances: an array is all that it needs.
    private (IRevisionSubscriber Watcher, long Since)[] _all = [];

    public bool Any => _all.Length > 0;

    public void Add(IRevisionSubscriber watcher)
    {
        var now = time.GetTimestamp();
        var at = Array.FindIndex(_all, one => one.Watcher.Equals(watcher));
        if (at >= 0)
        {
            _all[at].Since = now;
            return;
        }

        if (_all.Length >= MaxWatchers) _all = [.. _all.Where(one => IsPatient(one.Since))];
        if (_all.Length < MaxWatchers) _all = [.. _all, (watcher, now)];
    }

    /// <summary>Has all told, and forgets them with that.</summary>
    public void Tell(RevisionNotice news, NewsPost post)
    {
        var told = _all;
        _all = [];
        foreach (var (watcher, since) in told)
            if (IsPatient(since)) post.Send(watcher, news);
    }

    private bool IsPatient(long since) => time.GetElapsedTime(since) <= Patience;
}
