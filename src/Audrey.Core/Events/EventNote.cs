using System.Collections.Immutable;
using Audrey.Core.Completion;
using Orleans;

namespace Audrey.Core.Events;

/// <summary>A note of one event, recorded by the instance or the deployable. The note contains no value and no secret.</summary>
[GenerateSerializer, Immutable, Alias("audrey.EventNote")]
public sealed record EventNote
{
    /// <summary>
    /// The sequence number among the instance's milestones, counted over all generations. 0 for an event that is not a milestone: the log
    /// recognises such an event by other properties, such as its generation or revision.
    /// </summary>
    [Id(0)] public long Sequence { get; init; }

    [Id(1)] public required EventKind Kind { get; init; }

    /// <summary>The time of the event, by the cluster's clock.</summary>
    [Id(2)] public required DateTimeOffset At { get; init; }

    /// <summary>The instance's generation. 0 for an event of a deployable.</summary>
    [Id(3)] public long Generation { get; init; }

    /// <summary>The service that the event is about, or null.</summary>
    [Id(4)] public string? Service { get; init; }

    /// <summary>The number of the service's run, if the guest counts its runs.</summary>
    [Id(5)] public long? Run { get; init; }

    /// <summary>The exit status as the guest reported it. The length of the string is limited.</summary>
    [Id(6)] public string? ExitStatus { get; init; }

    /// <summary>The duration of the service's run.</summary>
    [Id(7)] public TimeSpan? Duration { get; init; }

    /// <summary>Names of the values that changed, or of some of the facts in the form <c>CLASS.PROPERTY</c>.</summary>
    [Id(8)] public ImmutableArray<string> Names { get; init; } = [];

    /// <summary>A revision of the configuration.</summary>
    public string? Revision
    {
        get => Kind == EventKind.Scaled ? null : RevisionOrScaling;
        init => RevisionOrScaling = value;
    }

    /// <summary>Identifies a scaling among the scalings of its deployable, so that a repeated scaling is recognised.</summary>
    public string? ScalingId
    {
        get => Kind == EventKind.Scaled ? RevisionOrScaling : null;
        init => RevisionOrScaling = value;
    }

    /// <summary>The stored form of <see cref="Revision"/> and <see cref="ScalingId"/>. A note has at most one of the two.</summary>
    [Id(9)] public string? RevisionOrScaling { get; init; }

    /// <summary>
    /// The end of the output of the service's run, of standard output and of standard error output. The length of the string is limited,
    /// and secrets are masked.
    /// </summary>
    [Id(10)] public string? Output { get; init; }

    /// <summary>
    /// The number of instances in a group, or the number of missed events, or the number of facts that changed if <see cref="Names"/> has
    /// only some of them.
    /// </summary>
    [Id(11)] public int? Count { get; init; }

    /// <summary>The last state of an instance that ended.</summary>
    [Id(12)] public LastState? Last { get; init; }

    /// <summary>The guest's address at its first contact.</summary>
    [Id(13)] public string? Address { get; init; }

    /// <summary>The services whose executables or files were left out when the instance was registered.</summary>
    [Id(14)] public ImmutableArray<ServiceProblem> Problems { get; init; } = [];

    /// <summary>Whether the note is about the end of a numbered run of a service.</summary>
    internal bool IsEndOfRun => Kind is EventKind.ServiceEnded or EventKind.ServiceFailed && Run is not null;
}

/// <summary>A service that lacks its executable or some of its files.</summary>
/// <param name="Service">The service.</param>
/// <param name="Problem">The reason, on one line.</param>
[GenerateSerializer, Immutable, Alias("audrey.ServiceProblem")]
public sealed record ServiceProblem([property: Id(0)] string Service, [property: Id(1)] string Problem);

/// <summary>The state of an instance when it ended.</summary>
[GenerateSerializer, Immutable, Alias("audrey.LastState")]
public sealed record LastState
{
    [Id(0)] public required CompletionStatus Status { get; init; }

    /// <summary>The time of the last contact with the guest. Null if there was no contact.</summary>
    [Id(1)] public DateTimeOffset? LastContact { get; init; }

    /// <summary>The provided parameters that the guest never provided.</summary>
    [Id(2)] public ImmutableArray<string> Missing { get; init; } = [];

    [Id(3)] public ImmutableArray<LastServiceState> Services { get; init; } = [];
}

/// <summary>The state of a service when its instance ended.</summary>
[GenerateSerializer, Immutable, Alias("audrey.LastServiceState")]
public sealed record LastServiceState
{
    [Id(0)] public required string Name { get; init; }

    [Id(1)] public required CompletionStatus Status { get; init; }

    /// <summary>The exit status as the guest reported it, limited in length. Null if the service had not ended.</summary>
    [Id(2)] public string? ExitStatus { get; init; }

    [Id(3)] public TimeSpan? Duration { get; init; }

    /// <summary>
    /// The end of the service's output if the service failed. The length of the string is limited, and secrets are masked.
    /// </summary>
    [Id(4)] public string? Output { get; init; }

    /// <summary>The number of values that the service still waited for.</summary>
    [Id(5)] public int Waits { get; init; }
}

/// <summary>One event of a deployable.</summary>
/// <param name="Number">The number of the event among the deployable's events, from 1 without gaps.</param>
/// <param name="Instance">The instance's id. Null if the event is about the deployable.</param>
/// <param name="Assembly">The assembly of the instance, or of the group that was scaled.</param>
/// <param name="Details">The note of the event.</param>
/// <param name="Label">The label of the instance. Null if the event is about the deployable, and in events that versions without labels
/// stored.</param>
[GenerateSerializer, Immutable, Alias("audrey.DeployableEvent")]
public sealed record DeployableEvent(
    [property: Id(0)] long Number, [property: Id(1)] string? Instance, [property: Id(2)] string? Assembly,
        [property: Id(3)] EventNote Details, [property: Id(4)] string? Label = null);
