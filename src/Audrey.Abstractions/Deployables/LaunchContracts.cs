using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Orleans;

namespace Audrey.Abstractions.Deployables;

/// <summary>A launch: all instances of one incarnation of a deployable, registered together or not at all.</summary>
/// <param name="Deployable">The deployable.</param>
/// <param name="Incarnation">Which of its incarnations; 0 until it is known.</param>
/// <param name="Digest">SHA-256 of everything that is registered, in hexadecimal digits: the same launch has the same.</param>
[GenerateSerializer, Immutable, Alias("audrey.LaunchKey")]
public sealed record LaunchKey(
    [property: Id(0)] DeployableId Deployable, [property: Id(1)] long Incarnation, [property: Id(2)] string Digest);

/// <summary>What is to be launched, without its instances.</summary>
[GenerateSerializer, Immutable, Alias("audrey.LaunchRequest")]
public sealed record LaunchRequest
{
    [Id(0)] public required ConductorCommand Command { get; init; }

    /// <summary>Name of the deployable.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>As <see cref="LaunchKey.Digest"/>.</summary>
    [Id(2)] public required string Digest { get; init; }

    /// <summary>How many instances there are to be.</summary>
    [Id(3)] public required int Instances { get; init; }

    /// <summary>How long the deployable may take to complete, from here on; null: as long as it likes.</summary>
    [Id(4)] public TimeSpan? Deadline { get; init; }
}

/// <summary>The answer to a launch that begins.</summary>
/// <param name="Outcome">
/// <see cref="ConductorOutcome.Done"/>, <see cref="ConductorOutcome.LaunchDiffers"/>, <see cref="ConductorOutcome.NotYours"/>,
/// <see cref="ConductorOutcome.BeingDeleted"/> or <see cref="ConductorOutcome.NonceRefused"/>.
/// </param>
/// <param name="Incarnation">The incarnation that is launched.</param>
/// <param name="Resumed">Whether the launch had begun before, so that some instances may be registered already.</param>
/// <param name="Sealed">Whether it is finished: there is nothing to do.</param>
[GenerateSerializer, Immutable, Alias("audrey.LaunchAnswer")]
public sealed record LaunchAnswer(
    [property: Id(0)] ConductorOutcome Outcome,
    [property: Id(1)] long Incarnation = 0,
    [property: Id(2)] bool Resumed = false,
    [property: Id(3)] bool Sealed = false);

/// <summary>Some instances of a launch.</summary>
[GenerateSerializer, Immutable, Alias("audrey.LaunchChunk")]
public sealed record LaunchChunk
{
    [Id(0)] public required ConductorKey Conductor { get; init; }

    [Id(1)] public required LaunchKey Launch { get; init; }

    [Id(2)] public required ImmutableArray<InstanceConfig> Instances { get; init; }

    /// <summary>Whether some of them may be registered by this launch already: those are left as they are.</summary>
    [Id(3)] public required bool MayBeThere { get; init; }
}

/// <summary>The answer to a chunk.</summary>
/// <param name="Outcome"><see cref="ConductorOutcome.Done"/> when each instance has an answer of its own, else why none was
/// registered.</param>
/// <param name="Answers">The instances' answers, in their order.</param>
[GenerateSerializer, Immutable, Alias("audrey.LaunchChunkAnswer")]
public sealed record LaunchChunkAnswer(
    [property: Id(0)] ConductorOutcome Outcome, [property: Id(1)] ImmutableArray<ConductorAnswer> Answers);

/// <summary>The answer to the instances of a chunk that join.</summary>
/// <param name="Outcome"><see cref="ConductorOutcome.Done"/> or <see cref="ConductorOutcome.LaunchEnded"/>.</param>
/// <param name="Pages">The page of each among the members.</param>
[GenerateSerializer, Immutable, Alias("audrey.LaunchJoined")]
public sealed record LaunchJoined([property: Id(0)] ConductorOutcome Outcome, [property: Id(1)] ImmutableArray<int> Pages);
