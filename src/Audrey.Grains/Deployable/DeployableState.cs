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
    /// <summary>A scaling that adds instances has their secrets.</summary>
    public bool HoldsSecrets => Scaling is { Added.IsEmpty: false };

    /// <summary>Raised each time a deployable of this id is created; 0: never was.</summary>
    [Id(0)] public long Incarnation { get; init; }

    /// <summary>Where it is in its life.</summary>
    [Id(1)] public DeployablePhase Phase { get; init; }

    /// <summary>Its name.</summary>
    [Id(2)] public string Name { get; init; } = "";

    /// <summary>Whose it is.</summary>
    [Id(3)] public ConductorKey Conductor { get; init; }

    /// <summary>When its first instance joined.</summary>
    [Id(4)] public DateTimeOffset Registered { get; init; }

    /// <summary>The deletions already carried out or refused, and the launches and scalings begun; outlives deletion.</summary>
    [Id(5)] public ReplayMemory Commands { get; init; } = ReplayMemory.Empty;

    /// <summary>The launch that this incarnation came from; null: its instances were registered one by one.</summary>
    [Id(6)] public LaunchIntent? Launch { get; init; }

    /// <summary>The last scaling, finished or not; null: none yet.</summary>
    [Id(7)] public ScaleIntent? Scaling { get; init; }
}

/// <summary>What is launched, and whether all of it is there.</summary>
[GenerateSerializer, Immutable, Alias("audrey.LaunchIntent")]
public sealed record LaunchIntent
{
    /// <summary>SHA-256 of everything that is registered.</summary>
    [Id(0)] public required string Digest { get; init; }

    /// <summary>How many instances there are to be.</summary>
    [Id(1)] public required int Instances { get; init; }

    [Id(2)] public required DateTimeOffset Begun { get; init; }

    /// <summary>When the deployable should be complete; null: whenever.</summary>
    [Id(3)] public DateTimeOffset? Deadline { get; init; }

    /// <summary>When all instances were there; null: not yet.</summary>
    [Id(4)] public DateTimeOffset? Sealed { get; init; }

    /// <summary>What conductors are told of it.</summary>
    public LaunchProgress Progress => new() { Instances = Instances, Begun = Begun, Sealed = Sealed, Deadline = Deadline };
}

/// <summary>Where a deployable is in its life.</summary>
public enum DeployablePhase
{
    /// <summary>There is none.</summary>
    Absent,

    /// <summary>Instances may join.</summary>
    Active,

    /// <summary>Its deletion has begun and will be finished.</summary>
    Deleting,
}
