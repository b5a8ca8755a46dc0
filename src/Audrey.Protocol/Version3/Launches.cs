namespace Audrey.Protocol.Version3;

/// <summary>
/// Begins the launch of a deployable of any size. The instances follow in further requests, and a last request seals the launch. The digest
/// in the path identifies the launch. If the launch has already begun, the request changes nothing.
/// </summary>
public sealed record LaunchStart
{
    /// <summary>The name of the deployable, for human readers.</summary>
    public string? Name { get; init; }

    /// <summary>The number of instances that the launch registers, without the prototypes of empty groups.</summary>
    public int? Instances { get; init; }

    /// <summary>
    /// The time within which the deployable must become complete, counted from the beginning of the launch. If omitted, there is no
    /// deadline.
    /// </summary>
    public double? DeadlineSeconds { get; init; }
}

/// <summary>The state of a launch.</summary>
public sealed record LaunchState
{
    /// <summary>The digest that identifies the launch.</summary>
    public required string Digest { get; init; }

    /// <summary>The number of the deployable's incarnation, which counts how often a deployable with this id was created.</summary>
    public required long Incarnation { get; init; }

    /// <summary>Whether an earlier request began the launch. If so, some instances may have been registered already.</summary>
    public required bool Resumed { get; init; }

    /// <summary>Whether the launch is complete. If so, the client has nothing left to do.</summary>
    public required bool Sealed { get; init; }
}

/// <summary>
/// One line of the body that registers some instances of a launch. The line has either <c>instance</c> or <c>group</c>.
/// </summary>
public sealed record LaunchLine
{
    /// <summary>An instance to be registered.</summary>
    public InstanceRequest? Instance { get; init; }

    /// <summary>
    /// The instances of a group. The following lines of the same request can refer to the group by its assembly, without listing its
    /// instances.
    /// </summary>
    public GroupLine? Group { get; init; }
}

/// <summary>The instances of a group that instances of a launch refer to.</summary>
public sealed record GroupLine
{
    /// <summary>The assembly of the group.</summary>
    public string? Assembly { get; init; }

    /// <summary>The UUIDs of all instances of the group, in the order of their ordinals. An empty list for an empty group.</summary>
    public IReadOnlyList<string>? Instances { get; init; }
}

/// <summary>The result of registering some instances of a launch.</summary>
public sealed record LaunchedInstances
{
    /// <summary>The number of instances of this request that are registered, by this request or by an earlier one.</summary>
    public required int Registered { get; init; }

    /// <summary>The number of lines that were refused. A launch with a refused instance cannot be sealed.</summary>
    public required int Refused { get; init; }

    /// <summary>The first 100 refused lines, in the order of the lines.</summary>
    public required IReadOnlyList<RefusedLine> Refusals { get; init; }
}

/// <summary>A line that was refused. It does not affect the other lines.</summary>
public sealed record RefusedLine
{
    /// <summary>The number of the line in the body, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>The UUID of the instance. Omitted if the line has no usable UUID.</summary>
    public string? Id { get; init; }

    /// <summary>
    /// One of <see cref="ProblemTypes"/>: <see cref="ProblemTypes.BadJson"/>, <see cref="ProblemTypes.BadRequest"/>,
    /// <see cref="ProblemTypes.IdInUse"/>, <see cref="ProblemTypes.NotYours"/> or <see cref="ProblemTypes.QuotaExceeded"/>.
    /// </summary>
    public required string Type { get; init; }

    /// <summary>The errors in the line. The pointers are JSON pointers into the line.</summary>
    public required IReadOnlyList<ProblemError> Errors { get; init; }
}
