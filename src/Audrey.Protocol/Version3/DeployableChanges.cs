namespace Audrey.Protocol.Version3;

/// <summary>The answer to the registration of a deployable.</summary>
public sealed record DeployableAnswer
{
    /// <summary>The number of instances that are registered, by this request or an earlier one.</summary>
    public required int Instances { get; init; }

    /// <summary>Allowed parts of the request that may be mistakes, such as a reference to an instance that is not in the request.</summary>
    public required IReadOnlyList<ProblemError> Warnings { get; init; }
}

/// <summary>A request to scale a group, or to remove some of its members. It has one of the two properties.</summary>
public sealed record GroupRequest
{
    /// <summary>The number of instances that the group must have, from 0.</summary>
    public int? Size { get; init; }

    /// <summary>
    /// The number of seconds within which the new instances should be complete. The status of the deployable shows whether this time has
    /// passed. If omitted, the scaling has no deadline.
    /// </summary>
    public double? DeadlineSeconds { get; init; }

    /// <summary>The members to remove, each by its UUID or its label: the assembly and the ordinal, such as <c>web-1</c>.</summary>
    public IReadOnlyList<string>? Remove { get; init; }

    /// <summary>
    /// The number of seconds that members have to hand over their work before they are removed. If omitted, 30. A member is removed earlier
    /// when its guest has reported that it is done, and at once if its guest cannot be told.
    /// </summary>
    public double? NoticeSeconds { get; init; }
}

/// <summary>
/// The state of the last scaling of a group. After the request, the server carries out the scaling by itself. Repeat the GET until the
/// state is no longer <c>unfinished</c>.
/// </summary>
public sealed record GroupState
{
    /// <summary>The assembly of the group.</summary>
    public required string Group { get; init; }

    /// <summary>
    /// The requested number of instances. While members are removed by name and the number that remains is not decided, the present number.
    /// </summary>
    public required int Size { get; init; }

    /// <summary>One of <see cref="GroupStates"/>.</summary>
    public required string State { get; init; }

    /// <summary>The number of instances that the scaling adds. Omitted until the server has determined the number.</summary>
    public int? Added { get; init; }

    /// <summary>The number of instances that the scaling removes. Omitted until the server has determined the number.</summary>
    public int? Removed { get; init; }

    /// <summary>
    /// The time until which members that leave can hand over their work. Omitted if the scaling is finished, or if no member has such time.
    /// </summary>
    public DateTimeOffset? LeaveBy { get; init; }

    /// <summary>The reason for the state <c>refused</c>.</summary>
    public string? Detail { get; init; }

    /// <summary>The quota that the scaling would exceed, if this is the reason: <c>instances</c>.</summary>
    public string? Quota { get; init; }

    /// <summary>The maximum number of this quota.</summary>
    public long? Limit { get; init; }

    /// <summary>The number of instances of the conductor before the scaling.</summary>
    public long? Present { get; init; }
}

/// <summary>The states of a scaling.</summary>
public static class GroupStates
{
    /// <summary>The scaling is durable and is being carried out.</summary>
    public const string Unfinished = "unfinished";

    /// <summary>The group has the requested size.</summary>
    public const string Finished = "finished";

    /// <summary>The scaling cannot be carried out, because the deployable has no such group, or has too many references to groups, or
    /// because a quota would be exceeded. Nothing was changed.</summary>
    public const string Refused = "refused";
}

/// <summary>A request to hand a deployable to another conductor.</summary>
public sealed record OwnerRequest
{
    /// <summary>The key of the new owner, for which there must be a credential.</summary>
    public string? Conductor { get; init; }
}

/// <summary>The owner of a deployable.</summary>
public sealed record OwnerState
{
    /// <summary>The owner, or the conductor that the deployable is being handed to.</summary>
    public required string Conductor { get; init; }

    /// <summary>One of <see cref="OwnerStates"/>.</summary>
    public required string State { get; init; }
}

/// <summary>The states of a hand-over.</summary>
public static class OwnerStates
{
    /// <summary>The hand-over is durable and is being carried out.</summary>
    public const string Unfinished = "unfinished";

    /// <summary>The deployable belongs to the conductor.</summary>
    public const string Finished = "finished";
}

/// <summary>A page of the instances that a scaling added.</summary>
public sealed record AddedPage
{
    /// <summary>The instances, in the order of their ordinals. Boot a guest for each instance.</summary>
    public required IReadOnlyList<NewInstance> Added { get; init; }

    /// <summary>The value of <c>after</c> for the next page. Omitted on the last page.</summary>
    public string? Next { get; init; }
}

/// <summary>A page of the instances that a scaling removed.</summary>
public sealed record RemovedPage
{
    /// <summary>The UUIDs of the instances. The credentials of these instances are no longer valid.</summary>
    public required IReadOnlyList<string> Removed { get; init; }

    /// <summary>The labels that the instances had, in the same order. Omitted if an earlier version of the server removed them.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>The value of <c>after</c> for the next page. Omitted on the last page.</summary>
    public string? Next { get; init; }
}

/// <summary>An instance that was added to a group.</summary>
public sealed record NewInstance
{
    /// <summary>The UUID of the instance.</summary>
    public required string Id { get; init; }

    /// <summary>The label of the instance: the assembly and the ordinal, such as <c>web-1</c>.</summary>
    public string? Label { get; init; }

    /// <summary>The assembly of the instance.</summary>
    public required string Assembly { get; init; }

    /// <summary>The index of the instance in the group, from 0.</summary>
    public required int Ordinal { get; init; }

    /// <summary>The secret for the instance's guest.</summary>
    public required string Secret { get; init; }

    /// <summary>Returns the UUID without the secret, because the string may be logged.</summary>
    public override string ToString() => $"{nameof(NewInstance)} {Id}";
}

/// <summary>A request to replace an instance by one whose secret the server creates. The body can be left out.</summary>
public sealed record RenewRequest
{
    /// <summary>
    /// The number of seconds within which the new guest should be done. The status of the deployable shows whether this time has passed. If
    /// omitted, the replacement has no deadline.
    /// </summary>
    public double? DeadlineSeconds { get; init; }
}

/// <summary>A request to set the secret of an instance. If the secret differs from the current secret, the instance is replaced.</summary>
public sealed record ReplaceRequest
{
    /// <summary>The secret of the new guest. The old secret is refused from now on.</summary>
    public string? Secret { get; init; }

    /// <summary>
    /// The number of seconds within which the new guest should be done. The status of the deployable shows whether this time has passed. If
    /// omitted, the replacement has no deadline.
    /// </summary>
    public double? DeadlineSeconds { get; init; }

    /// <summary>Returns the name of the type without the secret, because the string may be logged.</summary>
    public override string ToString() => nameof(ReplaceRequest);
}

/// <summary>An instance that was replaced by a new one, whose secret the server created.</summary>
public sealed record ReplacedInstance
{
    /// <summary>The UUID of the instance.</summary>
    public required string Id { get; init; }

    /// <summary>The secret of the new guest.</summary>
    public required string Secret { get; init; }

    /// <summary>Returns the UUID without the secret, because the string may be logged.</summary>
    public override string ToString() => $"{nameof(ReplacedInstance)} {Id}";
}

/// <summary>
/// A request to register one instance. If the instance is already registered with different content, it is replaced and loses its values
/// and statuses. The first instance of a deployable creates the deployable.
/// </summary>
public sealed record DefinitionRequest
{
    /// <summary>The name of the deployable, for human readers.</summary>
    public string? Name { get; init; }

    /// <summary>The instance. Its <c>id</c> can be omitted, because the path contains it.</summary>
    public InstanceRequest? Instance { get; init; }
}
