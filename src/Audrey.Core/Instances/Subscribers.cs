namespace Audrey.Core.Instances;

/// <summary>
/// The gateways that have pending polls of one instance. Each gateway is notified once. The list is not durable. A gateway periodically
/// repeats its polls. So a subscription that is lost with an activation is renewed. A gateway that has stopped is removed after <see
/// cref="Lifetime"/>.
/// </summary>
public sealed class Subscribers
{
    /// <summary>The time for which a subscriber is kept. This time is longer than the time after which a gateway repeats a poll.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Maximum number of subscribers. This limit is higher than the number of gateways of a large cluster. Further subscribers are not
    /// notified.
    /// </summary>
    private const int MaxSubscribers = 64;

    // There can be ten thousand instances, and nearly all have one subscriber. So an array uses the least memory.
    private (object Token, TimeSpan Since)[] _all = [];
    private string _knownRevision = "";

    /// <summary>Whether there is any subscriber.</summary>
    public bool Any => _all.Length > 0;

    /// <summary>Adds a subscriber, or renews its subscription.</summary>
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

    /// <summary>Returns the subscribers to notify and removes them. Returns no subscriber that already has the current revision.</summary>
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
