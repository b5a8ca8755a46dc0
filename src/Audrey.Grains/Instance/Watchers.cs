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
    private const int Most = 64;

    private readonly Dictionary<IConfigurationWatcher, long> _since = [];

    public bool Any => _since.Count > 0;

    public void Add(IConfigurationWatcher watcher)
    {
        if (_since.Count >= Most && !_since.ContainsKey(watcher)) Forget();
        if (_since.Count < Most || _since.ContainsKey(watcher)) _since[watcher] = time.GetTimestamp();
    }

    /// <summary>All that are to be told, who are forgotten with that.</summary>
    public IConfigurationWatcher[] Take()
    {
        Forget();
        IConfigurationWatcher[] taken = [.. _since.Keys];
        _since.Clear();
        return taken;
    }

    private void Forget()
    {
        foreach (var (watcher, since) in _since)
            if (time.GetElapsedTime(since) > Patience) _since.Remove(watcher);
    }
}
