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

    /// <summary>When this was so, by the cluster's clock.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>
    /// Whether its registration has begun and is not finished: it is under way, or was stopped and waits for the same call of
    /// <see cref="AudreyClient.RegisterDeployableAsync"/> to go on, or for its deletion.
    /// </summary>
    public required bool IsLaunching { get; init; }

    /// <summary>How many instances it was registered with in one call; null when they were registered one by one.</summary>
    public required int? Expected { get; init; }

    /// <summary>When it should be complete, by the cluster's clock; null: whenever.</summary>
    public required DateTimeOffset? Deadline { get; init; }

    /// <summary>Whether the deadline has passed while instances are incomplete; <see cref="Diagnosis"/> says why they are.</summary>
    public required bool IsTimedOut { get; init; }

    /// <summary>Whether its deletion has begun.</summary>
    public required bool IsBeingDeleted { get; init; }

    /// <summary>The worst of its instances: error before incomplete before success; incomplete while it has none, or is launching.</summary>
    public required CompletionStatus Status { get; init; }

    /// <summary>How many of its instances have completed with success.</summary>
    public required int Completed { get; init; }

    /// <summary>Its instances, by name and then UUID.</summary>
    public required ImmutableArray<InstanceStatus> Instances { get; init; }

    /// <summary>Who waits for what, from whom: of all instances, the longest wait first.</summary>
    public required ImmutableArray<Wait> Waits { get; init; }

    /// <summary>Services that wait for one another's end, each as <c>web[http] -> db[mysql] -> web[http]</c>: they never start.</summary>
    public required ImmutableArray<string> Deadlocks { get; init; }

    /// <summary>
    /// What keeps it from completing, a sentence for each cause: guests that were never heard of, services that failed or hang, and
    /// <see cref="Waits"/>.
    /// </summary>
    public required ImmutableArray<string> Diagnosis { get; init; }
}
