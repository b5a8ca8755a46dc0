using System.Net;
using Audrey.Gateway.Settings;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Limits;

/// <summary>
/// The memory of all bodies that are under way in this process. A body takes memory as its bytes arrive, and returns the memory when its
/// request ends. No request waits for memory: if there is none left, the request is refused. Senders that have not proved who they are
/// share a part of the memory, so that they leave room for the others, and none of them can use up this part. See decisions 0048 and 0056.
/// </summary>
internal sealed class BodyMemory(IOptions<GatewayOptions> options)
{
    /// <summary>The divisor of the share of all senders together that have not proved who they are.</summary>
    private const int Unproven = 2;

    /// <summary>The divisor of the share of one key. Anyone who knows the key can use up this share.</summary>
    private const int OneKey = 4;

    /// <summary>The divisor of the share of all senders together whose key is not known.</summary>
    private const int Strangers = 16;

    /// <summary>The divisor of what one source leaves to all other unproven senders, however many keys it gives.</summary>
    private const int Reserved = 16;

    private readonly long _max = options.Value.MaxBodyMemoryBytes;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _heldByKey = new(StringComparer.Ordinal);
    private readonly Dictionary<IPAddress, long> _heldBySource = [];
    private long _held;
    private long _unproven;
    private long _peak;

    /// <summary>Gets the number of bytes that all bodies hold.</summary>
    public long Held
    {
        get
        {
            lock (_lock) return _held;
        }
    }

    /// <summary>Gets the largest number of bytes that all bodies held at one time.</summary>
    public long Peak
    {
        get
        {
            lock (_lock) return _peak;
        }
    }

    /// <summary>Begins a body, which holds no memory yet. The caller disposes of the lease when the body is no longer needed.</summary>
    /// <param name="sender">The sender of the body.</param>
    /// <param name="limit">The largest size of the body. One body of this size is always within the share of its key.</param>
    public BodyLease Begin(BodySender sender, int limit) => new(this, sender, limit);

    /// <summary>Takes memory. Returns false, and takes none, if the process or the sender has reached its bound.</summary>
    internal bool TryTake(BodySender sender, int limit, long bytes)
    {
        lock (_lock)
        {
            if (_held + bytes > _max) return false;
            if (sender.UnprovenKey is { } key)
            {
                var (ofKey, ofSource) = (_heldByKey.GetValueOrDefault(key) + bytes, _heldBySource.GetValueOrDefault(sender.Source) + bytes);
                var left = _max / Unproven - _unproven - bytes;
                if (ofKey > BoundOf(key, limit, left) || ofSource > _max / Unproven - _max / Reserved) return false;
                _heldByKey[key] = ofKey;
                _heldBySource[sender.Source] = ofSource;
                _unproven += bytes;
            }

            _held += bytes;
            _peak = Math.Max(_peak, _held);
            return true;
        }
    }

    /// <summary>Returns memory.</summary>
    internal void Return(BodySender sender, long bytes)
    {
        lock (_lock)
        {
            _held -= bytes;
            if (sender.UnprovenKey is not { } key) return;
            _unproven -= bytes;
            Lower(_heldByKey, key, bytes);
            Lower(_heldBySource, sender.Source, bytes);
        }
    }

    private static void Lower<T>(Dictionary<T, long> held, T of, long bytes)
        where T : notnull
    {
        if (held.GetValueOrDefault(of) is var all && all > bytes) held[of] = all - bytes;
        else held.Remove(of);
    }

    /// <summary>
    /// Returns the number of bytes that one key can hold: its share, but not more than what is left for all other keys. So each further key
    /// finds memory, however many keys a hostile sender knows.
    /// </summary>
    private long BoundOf(string key, int limit, long left) =>
        Math.Min(Math.Max(_max / (key.Length == 0 ? Strangers : OneKey), limit), left);
}

/// <summary>The sender of a body, as far as it is known before the body is read.</summary>
/// <param name="UnprovenKey">The key that an unproven sender gives. Empty if the key is not known. Null for a proven sender.</param>
internal readonly record struct BodySender(string? UnprovenKey)
{
    /// <summary>Gets the source of an unproven sender.</summary>
    public IPAddress Source { get; init; } = IPAddress.None;

    /// <summary>Gets a sender that has proved who it is.</summary>
    public static BodySender Proven => new(UnprovenKey: null);

    /// <summary>Gets a sender whose key is not known, or stands in the body.</summary>
    public static BodySender Stranger => new("");

    /// <summary>Returns a sender that gives a known key. Its signature covers the body, so it is verified later.</summary>
    public static BodySender WithKey(string key) => new(key);
}

/// <summary>The memory that one body holds. Not thread-safe.</summary>
internal sealed class BodyLease(BodyMemory memory, BodySender sender, int limit) : IDisposable
{
    private long _held;

    /// <summary>Takes more memory. Returns false if there is none left.</summary>
    public bool TryGrow(int bytes)
    {
        if (!memory.TryTake(sender, limit, bytes)) return false;
        _held += bytes;
        return true;
    }

    public void Dispose()
    {
        if (_held > 0) memory.Return(sender, _held);
        _held = 0;
    }
}
