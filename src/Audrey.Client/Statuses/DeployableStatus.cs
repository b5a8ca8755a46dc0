using System.Collections.Immutable;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Client;

/// <summary>A deployable as it stands, with all its instances.</summary>
public sealed class DeployableStatus
{
    /// <summary>The deployable.</summary>
    public required DeployableId Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>When its first instance was registered, by the cluster's clock.</summary>
    public required DateTimeOffset Registered { get; init; }

    /// <summary>Whether its deletion has begun.</summary>
    public required bool IsBeingDeleted { get; init; }

    /// <summary>The worst of its instances: error before incomplete before success; incomplete while it has none.</summary>
    public required CompletionStatus Status { get; init; }

    /// <summary>Its instances, by name and then UUID.</summary>
    public required ImmutableArray<InstanceStatus> Instances { get; init; }

    /// <summary>Who waits for what, from whom: of all instances, the longest wait first.</summary>
    public required ImmutableArray<Wait> Waits { get; init; }

    /// <summary>Services that wait for one another's end, each as <c>web[http] -> db[mysql] -> web[http]</c>: they never start.</summary>
    public required ImmutableArray<string> Deadlocks { get; init; }
}
