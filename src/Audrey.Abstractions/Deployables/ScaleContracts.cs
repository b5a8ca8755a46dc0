using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;
using Orleans;

namespace Audrey.Abstractions.Deployables;

/// <summary>How many instances a group is to have.</summary>
/// <param name="Command">Who asks.</param>
/// <param name="Assembly">The group's assembly.</param>
/// <param name="Count">How many, at least 1.</param>
/// <param name="Recall">Whether a group that has so many already is answered with what the last scaling, to that very number, did.</param>
[GenerateSerializer, Immutable, Alias("audrey.ScaleRequest")]
public sealed record ScaleRequest(
    [property: Id(0)] ConductorCommand Command, [property: Id(1)] string Assembly, [property: Id(2)] int Count, [property: Id(3)] bool Recall = false);

/// <summary>What a scaling did, once all of it is durable.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Problems">Each reason in a sentence; empty when done.</param>
/// <param name="Added">The instances that came.</param>
/// <param name="Removed">The instances that went.</param>
[GenerateSerializer, Immutable, Alias("audrey.ScaleAnswer")]
public sealed record ScaleAnswer(
    [property: Id(0)] ConductorOutcome Outcome,
    [property: Id(1)] ImmutableArray<string> Problems,
    [property: Id(2)] ImmutableArray<AddedMember> Added,
    [property: Id(3)] ImmutableArray<InstanceId> Removed)
{
    /// <summary>An answer with its reasons.</summary>
    public static ScaleAnswer Refuse(ConductorOutcome outcome, string problem) => new(outcome, [problem], [], []);
}

/// <summary>An instance that a group grows by.</summary>
/// <param name="Id">Its UUID.</param>
/// <param name="Secret">What its guest signs with. Never logged.</param>
/// <param name="Ordinal">Its place in the group.</param>
[GenerateSerializer, Immutable, Alias("audrey.AddedMember")]
public sealed record AddedMember([property: Id(0)] InstanceId Id, [property: Id(1)] string Secret, [property: Id(2)] int Ordinal)
{
    /// <summary>Names it and does not show its secret: it may end up in a log.</summary>
    public override string ToString() => $"{nameof(AddedMember)} {Id} at {Ordinal}";
}

/// <summary>The instances that a group has from now on.</summary>
/// <param name="Deployable">The group's deployable.</param>
/// <param name="Incarnation">Which of its incarnations.</param>
/// <param name="Assembly">The group's assembly.</param>
/// <param name="Members">The instances, by their ordinals.</param>
[GenerateSerializer, Immutable, Alias("audrey.GroupChange")]
public sealed record GroupChange(
    [property: Id(0)] DeployableId Deployable,
    [property: Id(1)] long Incarnation,
    [property: Id(2)] string Assembly,
    [property: Id(3)] ImmutableArray<InstanceId> Members);
