using Audrey.Abstractions.Deployables;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Audrey.Core.Secrets;
using Audrey.Core.Statuses;

namespace Audrey.Grains.Deployable;

/// <summary>The durable row of a deployable.</summary>
[GenerateSerializer, Immutable, Alias("audrey.DeployableState")]
public sealed record DeployableState : IHoldsSecrets
{
    /// <summary>True if the scaling adds instances, because it then includes their secrets.</summary>
    public bool HoldsSecrets => Scaling is { Added.IsEmpty: false };

    /// <summary>The incarnation. It rises each time a deployable of this id is created. 0 if none was ever created.</summary>
    [Id(0)] public long Incarnation { get; init; }

    /// <summary>The phase of the deployable's life cycle.</summary>
    [Id(1)] public DeployablePhase Phase { get; init; }

    /// <summary>The deployable's name.</summary>
    [Id(2)] public string Name { get; init; } = "";

    /// <summary>The conductor that owns the deployable.</summary>
    [Id(3)] public ConductorKey Conductor { get; init; }

    /// <summary>When the first instance joined.</summary>
    [Id(4)] public DateTimeOffset Registered { get; init; }

    /// <summary>
    /// The deletions that were carried out or refused, and the launches and scalings that were begun. Kept after a deletion.
    /// </summary>
    [Id(5)] public ReplayMemory Commands { get; init; } = ReplayMemory.Empty;

    /// <summary>The launch that created this incarnation. Null if its instances were registered individually.</summary>
    [Id(6)] public LaunchIntent? Launch { get; init; }

    /// <summary>The last scaling, finished or not. Null if there was none.</summary>
    [Id(7)] public ScaleIntent? Scaling { get; init; }
}

/// <summary>The intent of a launch, and whether all its instances are registered.</summary>
[GenerateSerializer, Immutable, Alias("audrey.LaunchIntent")]
public sealed record LaunchIntent
{
    /// <summary>SHA-256 of everything that is registered.</summary>
    [Id(0)] public required string Digest { get; init; }

    /// <summary>The number of instances to register.</summary>
    [Id(1)] public required int Instances { get; init; }

    [Id(2)] public required DateTimeOffset Begun { get; init; }

    /// <summary>When the deployable should be complete, or null if there is no deadline.</summary>
    [Id(3)] public DateTimeOffset? Deadline { get; init; }

    /// <summary>When all instances were registered, or null if some are not yet.</summary>
    [Id(4)] public DateTimeOffset? Sealed { get; init; }

    /// <summary>The progress that conductors can see.</summary>
    public LaunchProgress Progress => new() { Instances = Instances, Begun = Begun, Sealed = Sealed, Deadline = Deadline };
}

/// <summary>A phase of a deployable's life cycle.</summary>
public enum DeployablePhase
{
    /// <summary>There is no deployable.</summary>
    Absent,

    /// <summary>Instances may join.</summary>
    Active,

    /// <summary>The deletion has begun and will be finished.</summary>
    Deleting,
}
