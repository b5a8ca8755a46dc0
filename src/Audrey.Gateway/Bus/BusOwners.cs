using System.Collections.Concurrent;
using Audrey.Abstractions;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Ids;
using Audrey.Gateway.Calls;
using Orleans;

namespace Audrey.Gateway.Bus;

/// <summary>
/// The owners of the deployables whose agents are connected, in memory. Each message of an agent reads the owner again if it is older than
/// <see cref="RefreshAfter"/>. After a hand-over, the previous owner sees nothing after <see cref="MaxAge"/>.
/// </summary>
internal sealed class BusOwners(IGrainFactory grains, GrainCalls calls, TimeProvider time)
{
    /// <summary>The time after which an owner is read again.</summary>
    public static readonly TimeSpan RefreshAfter = TimeSpan.FromSeconds(10);

    /// <summary>The time after which an owner is no longer known.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(60);

    /// <summary>The number of owners at which all of them are forgotten.</summary>
    private const int MaxOwners = 65_536;

    private readonly ConcurrentDictionary<string, (ConductorKey? Owner, long Read)> _owners = new(StringComparer.Ordinal);

    /// <summary>Returns the owner of a deployable. Null if there is none, or if it is not known.</summary>
    public ConductorKey? TryFind(string deployable) =>
        _owners.TryGetValue(deployable, out var known) && time.GetElapsedTime(known.Read) < MaxAge ? known.Owner : null;

    /// <summary>Reads the owner of a deployable if it was not read in the last seconds.</summary>
    /// <exception cref="ClusterUnavailableException">The cluster did not answer.</exception>
    public async ValueTask Refresh(string deployable)
    {
        if (_owners.TryGetValue(deployable, out var known) && time.GetElapsedTime(known.Read) < RefreshAfter) return;
        if (!DeployableId.TryParse(deployable, out var id, out _)) return;
        var read = time.GetTimestamp();
        var owner = await calls.Run((grains, id), static call => call.grains.GetGrain<IDeployableGrain>(GrainKeys.Of(call.id)).GetOwner());
        if (_owners.Count >= MaxOwners) _owners.Clear();
        _owners[deployable] = (owner, read);
    }
}
