using System.Collections.Immutable;
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
    /// <summary>True if the scaling adds instances, because the scaling then includes the secrets of these instances.</summary>
    public bool HoldsSecrets => Scaling is { Added.IsEmpty: false };

    /// <summary>The scaling that has begun and is not finished, whether or not it is decided. Null if there is none.</summary>
    public ScaleProgress? UnfinishedScaling => this switch
    {
        { Scaling: { Finished: false } intent } => new(intent.Assembly, intent.Count, intent.Deadline, intent.LeaveBy),
        { Requested: { Problem: null } requested } => new(requested.Assembly, requested.Count, requested.Deadline),
        _ => null,
    };

    /// <summary>
    /// The incarnation. The number rises each time a deployable with this id is created. 0 if no such deployable was ever created.
    /// </summary>
    [Id(0)] public long Incarnation { get; init; }

    /// <summary>The phase of the deployable's life cycle.</summary>
    [Id(1)] public DeployablePhase Phase { get; init; }

    /// <summary>The deployable's name.</summary>
    [Id(2)] public string Name { get; init; } = "";

    /// <summary>The conductor that owns the deployable.</summary>
    [Id(3)] public ConductorKey Conductor { get; init; }

    /// <summary>The time at which the first instance joined.</summary>
    [Id(4)] public DateTimeOffset Registered { get; init; }

    /// <summary>
    /// The commands that version 0.1.0 remembered, in one memory for all conductors. They are still recognised, but no commands are added.
    /// The floor of this memory is ignored, because any conductor could raise it.
    /// </summary>
    [Id(5)] public ReplayMemory Commands { get; init; } = ReplayMemory.Empty;

    /// <summary>The launch that created this incarnation. Null if the instances were registered individually.</summary>
    [Id(6)] public LaunchIntent? Launch { get; init; }

    /// <summary>The last scaling, finished or not. Null if there was none.</summary>
    [Id(7)] public ScaleIntent? Scaling { get; init; }

    /// <summary>
    /// The deletions that were carried out or refused, and the launches and scalings that were begun. Kept after a deletion.
    /// </summary>
    [Id(8)] public CommandMemory CommandsByConductor { get; init; } = CommandMemory.Empty;

    /// <summary>The requested scaling that is not decided yet or was refused. Null if there is none.</summary>
    [Id(9)] public RequestedScaling? Requested { get; init; }

    /// <summary>The unfinished hand-over to another conductor. Null if there is none.</summary>
    [Id(10)] public HandOverIntent? HandOver { get; init; }

    /// <summary>
    /// The deadlines of scalings and replacements that the event log has not judged yet, in ascending order. The deadline of the launch is
    /// not one of them.
    /// </summary>
    [Id(11)] public ImmutableArray<DateTimeOffset> Deadlines { get; init; } = [];
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

    /// <summary>The time by which the instances of the launch should be complete, or null if there is no deadline.</summary>
    [Id(3)] public DateTimeOffset? Deadline { get; init; }

    /// <summary>The time at which all instances were registered. Null if some instances are not registered yet.</summary>
    [Id(4)] public DateTimeOffset? Sealed { get; init; }

    /// <summary>The progress that conductors can see.</summary>
    public LaunchProgress Progress => new() { Instances = Instances, Begun = Begun, Sealed = Sealed, Deadline = Deadline, Digest = Digest };
}

/// <summary>The intent to hand a deployable to another conductor.</summary>
/// <param name="From">The owner when the hand-over began.</param>
/// <param name="To">The new owner.</param>
[GenerateSerializer, Immutable, Alias("audrey.HandOverIntent")]
public sealed record HandOverIntent([property: Id(0)] ConductorKey From, [property: Id(1)] ConductorKey To);

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
