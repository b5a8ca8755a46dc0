namespace Audrey.Core.Instances;

/// <summary>
/// The gateways that have pending polls of one instance. Each gateway is notified once. The list is not durable. A gateway asks again from
/// time to time, so a subscription that is lost with an activation is renewed. A gateway that has stopped is removed after
/// <see cref="Lifetime"/>.
/// </summary>
public sealed class Subscribers
{
    /// <summary>How long a subscriber is kept. This is longer than any gateway waits before it asks again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Maximum number of subscribers, which is above the number of gateways of a large cluster. Further subscribers are not notified.
    /// </summary>
    private const int MaxSubscribers = 64;

    // Each of ten thousand instances nearly always has one subscriber, so an array uses the least memory.
    private (object Token, TimeSpan Since)[] _all = [];
    private string _knownRevision = "";

    /// <summary>Whether there is any subscriber.</summary>
    public bool Any => _all.Length > 0;

    /// <summary>Adds a subscriber, or renews it.</summary>
    /// <param name="token">Identifies the subscriber.</param>
    /// <param name="revision">The configuration revision that the subscriber has just received.</param>
    /// <param name="now">The current time, on a clock that only rises.</param>
    public void Add(object token, string revision, TimeSpan now)
    {
        _knownRevision = revision;
        var at = Array.FindIndex(_all, subscriber => subscriber.Token.Equals(token));
        if (at >= 0)
        {
            _all[at].Since = now;
            return;
        }

        if (_all.Length >= MaxSubscribers) _all = [.. _all.Where(subscriber => IsAlive(subscriber.Since, now))];
        if (_all.Length < MaxSubscribers) _all = [.. _all, (token, now)];
    }

    /// <summary>Returns the subscribers to notify and removes them. Returns none if the revision is the one that they know.</summary>
    /// <param name="revision">The current configuration revision, or null if the instance is no longer registered.</param>
    /// <param name="now">The current time, on a clock that only rises.</param>
    public IReadOnlyList<object> Take(string? revision, TimeSpan now)
    {
        if (revision == _knownRevision) return [];
        var taken = _all;
        _all = [];
        return [.. taken.Where(subscriber => IsAlive(subscriber.Since, now)).Select(subscriber => subscriber.Token)];
    }

    private static bool IsAlive(TimeSpan since, TimeSpan now) => now - since <= Lifetime;
}
