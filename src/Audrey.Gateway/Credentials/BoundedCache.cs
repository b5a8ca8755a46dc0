using System.Collections.Concurrent;

namespace Audrey.Gateway.Credentials;

/// <summary>
/// A cache with a limited number of entries, in two dictionaries. When the young dictionary holds half of the limit, it becomes the old
/// dictionary, and the previous old dictionary is dropped. An entry that is found in the old dictionary moves to the young dictionary, so
/// entries in use are kept. Finding an entry in the young dictionary costs one lookup.
/// </summary>
internal sealed class BoundedCache<T>(int capacity)
    where T : class
{
    private readonly int _half = Math.Max(1, capacity / 2);
    private readonly Lock _turning = new();
    private volatile Generations _generations = new([], []);
    private int _young;

    public int Count => _generations.Young.Count + _generations.Old.Count;

    public T? Find(string key)
    {
        var generations = _generations;
        if (generations.Young.TryGetValue(key, out var value)) return value;
        if (!generations.Old.TryRemove(key, out value)) return null;
        Set(key, value);
        return value;
    }

    public void Set(string key, T value)
    {
        var generations = _generations;
        generations.Old.TryRemove(key, out _);
        if (generations.Young.TryAdd(key, value))
        {
            if (Interlocked.Increment(ref _young) >= _half) Turn(generations);
        }
        else
        {
            generations.Young[key] = value;
        }
    }

    public void Remove(string key)
    {
        var generations = _generations;
        if (generations.Young.TryRemove(key, out _)) Interlocked.Decrement(ref _young);
        generations.Old.TryRemove(key, out _);
    }

    private void Turn(Generations full)
    {
        lock (_turning)
        {
            if (_generations != full) return;
            Interlocked.Exchange(ref _young, 0);
            _generations = new Generations([], full.Young);
        }
    }

    private sealed record Generations(ConcurrentDictionary<string, T> Young, ConcurrentDictionary<string, T> Old);
}
