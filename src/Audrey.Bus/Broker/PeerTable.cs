namespace Audrey.Bus.Broker;

/// <summary>
/// The signed-in connections, by user.
/// </summary>
internal sealed class PeerTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<BusPeer>> _peers = new(StringComparer.Ordinal);

    /// <summary>The number of connections.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a connection, unless its user has too many.</summary>
    public bool TryAdd(BusPeer peer, int maxPerUser)
    {
        lock (_lock)
        {
            if (!_peers.TryGetValue(peer.User.Name, out var peers)) _peers[peer.User.Name] = peers = [];
            if (peers.Count >= maxPerUser) return false;
            peers.Add(peer);
            Count++;
            return true;
        }
    }

    /// <summary>Removes a connection that has ended.</summary>
    public void Remove(BusPeer peer)
    {
        lock (_lock)
        {
            if (!_peers.TryGetValue(peer.User.Name, out var peers) || !peers.Remove(peer)) return;
            if (peers.Count == 0) _peers.Remove(peer.User.Name);
            Count--;
        }
    }

    /// <summary>Returns the connections of a user, or all if there is no user.</summary>
    public IReadOnlyList<BusPeer> Find(string? user)
    {
        lock (_lock) return user is null ? [.. _peers.Values.SelectMany(peers => peers)] : [.. _peers.GetValueOrDefault(user, [])];
    }
}
