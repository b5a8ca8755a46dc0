using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;
using Orleans;

namespace Audrey.Abstractions.Deployables;

/// <summary>Asks for a number of instances in a group.</summary>
/// <param name="Command">The conductor's command.</param>
/// <param name="Assembly">The group's assembly.</param>
/// <param name="Count">The requested number of instances, at least 1.</param>
/// <param name="Recall">Whether to answer with the result of the last scaling if the group already has that number of instances and the
/// last scaling was to the same number.</param>
[GenerateSerializer, Immutable, Alias("audrey.ScaleRequest")]
public sealed record ScaleRequest(
    [property: Id(0)] ConductorCommand Command, [property: Id(1)] string Assembly, [property: Id(2)] int Count, [property: Id(3)] bool Recall = false);

/// <summary>The result of a scaling, returned once all of it is durable.</summary>
/// <param name="Outcome">How the scaling ended.</param>
/// <param name="Problems">One sentence for each reason. Empty if the scaling was carried out.</param>
/// <param name="Added">The instances that were added.</param>
/// <param name="Removed">The instances that were removed.</param>
[GenerateSerializer, Immutable, Alias("audrey.ScaleAnswer")]
public sealed record ScaleAnswer(
    [property: Id(0)] ConductorOutcome Outcome,
    [property: Id(1)] ImmutableArray<string> Problems,
    [property: Id(2)] ImmutableArray<AddedMember> Added,
    [property: Id(3)] ImmutableArray<InstanceId> Removed)
{
    /// <summary>Creates a refusal with its reason.</summary>
    public static ScaleAnswer Refuse(ConductorOutcome outcome, string problem) => new(outcome, [problem], [], []);
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

/// <summary>The instances that a group has from now on.</summary>
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
