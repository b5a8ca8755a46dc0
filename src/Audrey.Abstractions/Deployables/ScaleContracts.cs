using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Orleans;

namespace Audrey.Abstractions.Deployables;

/// <summary>A request to change the number of instances in a group.</summary>
/// <param name="Command">The conductor's command.</param>
/// <param name="Assembly">The group's assembly.</param>
/// <param name="Count">The requested number of instances, from 0. If members are named in <paramref name="Leaving"/>, the group has that
/// many fewer instances, and this number is ignored.</param>
/// <param name="Recall">
/// Whether to return the result of the last scaling if the group already has the requested number of instances and the last scaling was to
/// the same number. If false, a request for the current size returns no instances.
/// </param>
/// <param name="Deadline">The maximum time from now until the new instances are complete. Null if there is no limit.</param>
/// <param name="Leaving">The members to remove, each by its UUID or its label, such as <c>web-1</c>. Null or empty if the group shrinks at
/// its highest ordinals.</param>
/// <param name="Notice">The time that members have to hand over their work before they are removed. Null if they have none.</param>
[GenerateSerializer, Immutable, Alias("audrey.ScaleRequest")]
public sealed record ScaleRequest(
    [property: Id(0)] ConductorCommand Command, [property: Id(1)] string Assembly, [property: Id(2)] int Count,
        [property: Id(3)] bool Recall = false, [property: Id(4)] TimeSpan? Deadline = null,
        [property: Id(5)] ImmutableArray<string>? Leaving = null, [property: Id(6)] TimeSpan? Notice = null)
{
    /// <summary>The names in <see cref="Leaving"/>.</summary>
    public ImmutableArray<string> LeavingNames => Leaving ?? [];
}

/// <summary>The result of a scaling. The result is returned when the whole scaling is durable.</summary>
/// <param name="Outcome">The outcome of the scaling. <see cref="ConductorOutcome.ScalingUnfinished"/> if members that leave, of this or
/// another scaling, still hand over their work: the conductor sends the command again.</param>
/// <param name="Problems">One sentence for each reason for a refusal. Empty if the scaling was carried out.</param>
/// <param name="Added">The instances that were added.</param>
/// <param name="Removed">The instances that were removed.</param>
/// <param name="Quota">The quota that would be exceeded. Null for another outcome.</param>
/// <param name="RemovedOrdinals">The ordinals of the removed instances, in the same order. Null or empty if they are not known.</param>
[GenerateSerializer, Immutable, Alias("audrey.ScaleAnswer")]
public sealed record ScaleAnswer(
    [property: Id(0)] ConductorOutcome Outcome,
    [property: Id(1)] ImmutableArray<string> Problems,
    [property: Id(2)] ImmutableArray<AddedMember> Added,
    [property: Id(3)] ImmutableArray<InstanceId> Removed,
    [property: Id(4)] QuotaExcess? Quota = null,
    [property: Id(5)] ImmutableArray<int>? RemovedOrdinals = null)
{
    /// <summary>Creates a refusal with its reason.</summary>
    public static ScaleAnswer Refuse(ConductorOutcome outcome, string problem) => new(outcome, [problem], [], []);

    /// <summary>Creates the refusal of a scaling that would exceed a quota.</summary>
    public static ScaleAnswer Refuse(QuotaExcess excess)
    {
        ArgumentNullException.ThrowIfNull(excess);
        return new(ConductorOutcome.QuotaExceeded, [excess.Describe()], [], [], excess);
    }
}

/// <summary>An instance that is added to a group.</summary>
/// <param name="Id">The instance's UUID.</param>
/// <param name="Secret">The secret that the guest signs with. Never logged.</param>
/// <param name="Ordinal">The instance's position in the group.</param>
[GenerateSerializer, Immutable, Alias("audrey.AddedMember")]
public sealed record AddedMember([property: Id(0)] InstanceId Id, [property: Id(1)] string Secret, [property: Id(2)] int Ordinal)
{
    /// <summary>Identifies the instance and leaves the secret out, because the string can end up in a log.</summary>
    public override string ToString() => $"{nameof(AddedMember)} {Id} at {Ordinal}";
}

/// <summary>The state of the last scaling of a group.</summary>
/// <param name="Count">The requested number of instances. -1 if members are removed by name and the number is not known yet.</param>
/// <param name="IsFinished">Whether the scaling is finished.</param>
/// <param name="Added">The number of instances that the scaling adds. Null until it is decided.</param>
/// <param name="Removed">The number of instances that the scaling removes. Null until it is decided.</param>
/// <param name="Problem">The reason why the scaling was refused after it had begun. Null if it was not.</param>
/// <param name="Quota">The quota that the scaling would exceed, if this is the reason.</param>
/// <param name="LeaveBy">The time until which members that leave can hand over their work. Null if it is finished, or if they have no
/// such time.</param>
[GenerateSerializer, Immutable, Alias("audrey.ScalingReport")]
public sealed record ScalingReport(
    [property: Id(0)] int Count,
    [property: Id(1)] bool IsFinished,
    [property: Id(2)] int? Added = null,
    [property: Id(3)] int? Removed = null,
    [property: Id(4)] string? Problem = null,
    [property: Id(5)] QuotaExcess? Quota = null,
    [property: Id(6)] DateTimeOffset? LeaveBy = null);

/// <summary>A request for a page of the instances that a scaling added or removed.</summary>
/// <param name="Conductor">The conductor that owns the deployable.</param>
/// <param name="Assembly">The group's assembly.</param>
/// <param name="Removed">True to request the removed instances. False to request the added instances.</param>
/// <param name="After">The last instance of the previous page. Null for the first page.</param>
[GenerateSerializer, Immutable, Alias("audrey.ScaledRequest")]
public sealed record ScaledRequest(
    [property: Id(0)] ConductorKey Conductor,
    [property: Id(1)] string Assembly,
    [property: Id(2)] bool Removed = false,
    [property: Id(3)] InstanceId? After = null);

/// <summary>A page of the instances that a scaling added or removed.</summary>
/// <param name="Outcome"><see cref="ConductorOutcome.Done"/>, <see cref="ConductorOutcome.NotFound"/> or <see
/// cref="ConductorOutcome.ScalingUnfinished"/>.</param>
/// <param name="Added">The added instances of the page, with their current secrets.</param>
/// <param name="Removed">The removed instances of the page.</param>
/// <param name="HasMore">Whether there is another page.</param>
/// <param name="RemovedOrdinals">The ordinals of the removed instances, in the same order. Null or empty if they are not known.</param>
[GenerateSerializer, Immutable, Alias("audrey.ScaledPage")]
public sealed record ScaledPage(
    [property: Id(0)] ConductorOutcome Outcome,
    [property: Id(1)] ImmutableArray<AddedMember> Added,
    [property: Id(2)] ImmutableArray<InstanceId> Removed,
    [property: Id(3)] bool HasMore = false,
    [property: Id(4)] ImmutableArray<int>? RemovedOrdinals = null)
{
    /// <summary>Creates a page without instances.</summary>
    public static ScaledPage Of(ConductorOutcome outcome) => new(outcome, [], []);
}

/// <summary>The new members of a group.</summary>
/// <param name="Deployable">The group's deployable.</param>
/// <param name="Incarnation">The deployable's incarnation.</param>
/// <param name="Assembly">The group's assembly.</param>
/// <param name="Members">The instances, in the order of their ordinals.</param>
[GenerateSerializer, Immutable, Alias("audrey.GroupChange")]
public sealed record GroupChange(
    [property: Id(0)] DeployableId Deployable,
    [property: Id(1)] long Incarnation,
    [property: Id(2)] string Assembly,
    [property: Id(3)] ImmutableArray<InstanceId> Members);
