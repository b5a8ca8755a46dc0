using System.Collections.Concurrent;
using Audrey.Gateway.Settings;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Limits;

/// <summary>
/// Limits the number of requests in progress of each instance. A count belongs to the instance and not to its credential, because a request
/// with a wrong secret can replace the credential in memory. The request that was counted ends the count, once.
/// </summary>
internal sealed class InstanceLimits(IOptions<GatewayOptions> options)
{
    private readonly ConcurrentDictionary<string, int> _active = new(StringComparer.Ordinal);

    /// <summary>Gets the maximum number of requests that one instance can have in progress.</summary>
    public int Max { get; } = options.Value.MaxActivePerInstance;

    /// <summary>Gets the number of instances with a request in progress.</summary>
    public int Instances => _active.Count;

    /// <summary>Counts a request. Returns false, and counts nothing, if the instance has reached the limit.</summary>
    public bool TryBegin(string uuid)
    {
        if (Resume(uuid) <= Max) return true;
        End(uuid);
        return false;
    }

    /// <summary>Counts a request that was admitted before, also beyond the limit. Returns the number of requests in progress.</summary>
    public int Resume(string uuid) => _active.AddOrUpdate(uuid, 1, static (_, active) => active + 1);

    /// <summary>Called when a counted request is done, or becomes a pending poll.</summary>
    public void End(string uuid)
    {
        if (_active.AddOrUpdate(uuid, 0, static (_, active) => active - 1) <= 0) _active.TryRemove(KeyValuePair.Create(uuid, 0));
    }
}
