using System.Collections.Immutable;
using Audrey.Core.Instances;
using Orleans;

namespace Audrey.Core.Events;

/// <summary>One thing that happened, as the instance or the deployable notes it. It holds no value and no secret.</summary>
[GenerateSerializer, Immutable, Alias("audrey.EventNote")]
public sealed record EventNote
{
    /// <summary>
    /// Counts an instance's milestones over all its generations. 0: another property shows whether the log has it already.
    /// </summary>
    [Id(0)] public long Sequence { get; init; }

    [Id(1)] public required EventKind Kind { get; init; }

    /// <summary>When, by the cluster's clock.</summary>
    [Id(2)] public required DateTimeOffset At { get; init; }

    /// <summary>The instance's generation; 0 of a deployable.</summary>
    [Id(3)] public long Generation { get; init; }

    /// <summary>The service that it is about.</summary>
    [Id(4)] public string? Service { get; init; }

    /// <summary>The service's run, when its guest counts them.</summary>
    [Id(5)] public long? Run { get; init; }

    /// <summary>The exit status as the guest gave it, bounded.</summary>
    [Id(6)] public string? ExitStatus { get; init; }

    /// <summary>How long the service took.</summary>
    [Id(7)] public TimeSpan? Duration { get; init; }

    /// <summary>Names of the values that changed.</summary>
    [Id(8)] public ImmutableArray<string> Names { get; init; } = [];

    /// <summary>A revision of the configuration.</summary>
    public string? Revision
    {
        get => Kind == EventKind.Scaled ? null : RevisionOrScaling;
        init => RevisionOrScaling = value;
    }

    /// <summary>Identifies a scaling among those of its deployable, so that one that is carried out again is recognised.</summary>
    public string? ScalingId
    {
        get => Kind == EventKind.Scaled ? RevisionOrScaling : null;
        init => RevisionOrScaling = value;
    }

    /// <summary>The stored form of <see cref="Revision"/> and <see cref="ScalingId"/>: a note has one of them at most.</summary>
    [Id(9)] public string? RevisionOrScaling { get; init; }

    /// <summary>The end of a failed service's output; bounded, secrets masked.</summary>
    [Id(10)] public string? Output { get; init; }

    /// <summary>How many: instances of a group, events missed.</summary>
    [Id(11)] public int? Count { get; init; }

    /// <summary>How an instance stood at its end.</summary>
    [Id(12)] public LastState? Last { get; init; }

    /// <summary>The guest's address at its first contact.</summary>
    [Id(13)] public string? Address { get; init; }
}

/// <summary>How an instance stood when it ended.</summary>
[GenerateSerializer, Immutable, Alias("audrey.LastState")]
public sealed record LastState
{
    [Id(0)] public required CompletionStatus Status { get; init; }

    /// <summary>When its guest was last heard of; null: never.</summary>
    [Id(1)] public DateTimeOffset? LastContact { get; init; }

    /// <summary>Provided parameters that it never gave.</summary>
    [Id(2)] public ImmutableArray<string> Missing { get; init; } = [];

    [Id(3)] public ImmutableArray<LastServiceState> Services { get; init; } = [];
}

/// <summary>How a service stood when its instance ended.</summary>
[GenerateSerializer, Immutable, Alias("audrey.LastServiceState")]
public sealed record LastServiceState
{
    [Id(0)] public required string Name { get; init; }

    [Id(1)] public required CompletionStatus Status { get; init; }

    /// <summary>The exit status as the guest gave it, bounded; null: it had not ended.</summary>
    [Id(2)] public string? ExitStatus { get; init; }

    [Id(3)] public TimeSpan? Duration { get; init; }

    /// <summary>The end of its output if it failed; bounded, secrets masked.</summary>
    [Id(4)] public string? Output { get; init; }

    /// <summary>How many values it still waited for.</summary>
    [Id(5)] public int Waits { get; init; }
}

/// <summary>One event of a deployable.</summary>
/// <param name="Number">Its place among the deployable's events, from 1 without gaps.</param>
/// <param name="Instance">The instance's id; null: it is about the deployable.</param>
/// <param name="Assembly">The assembly of the instance, or of the group that was scaled.</param>
/// <param name="Note">What happened.</param>
[GenerateSerializer, Immutable, Alias("audrey.DeployableEvent")]
public sealed record DeployableEvent(
    [property: Id(0)] long Number, [property: Id(1)] string? Instance, [property: Id(2)] string? Assembly, [property: Id(3)] EventNote Note);
