using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Orleans;

namespace Audrey.Abstractions.Deployables;

/// <summary>Identifies a launch. A launch registers all instances of one incarnation of a deployable together, or none of them.</summary>
/// <param name="Deployable">The deployable.</param>
/// <param name="Incarnation">The incarnation, or 0 until it is known.</param>
/// <param name="Digest">SHA-256 of all registered data, in hexadecimal digits. A repetition of the launch has the same digest.</param>
[GenerateSerializer, Immutable, Alias("audrey.LaunchKey")]
public sealed record LaunchKey(
    [property: Id(0)] DeployableId Deployable, [property: Id(1)] long Incarnation, [property: Id(2)] string Digest);

/// <summary>The description of a launch without its instances.</summary>
[GenerateSerializer, Immutable, Alias("audrey.LaunchRequest")]
public sealed record LaunchRequest
{
    [Id(0)] public required ConductorCommand Command { get; init; }

    /// <summary>The name of the deployable.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>The digest of the launch; see <see cref="LaunchKey.Digest"/>.</summary>
    [Id(2)] public required string Digest { get; init; }

    /// <summary>The number of instances to register.</summary>
    [Id(3)] public required int Instances { get; init; }

    /// <summary>The maximum time from now until the deployable is complete. Null if there is no limit.</summary>
    [Id(4)] public TimeSpan? Deadline { get; init; }
}

/// <summary>The answer to the start of a launch.</summary>
/// <param name="Outcome"><see cref="ConductorOutcome.Done"/>, <see cref="ConductorOutcome.LaunchDiffers"/>, <see
/// cref="ConductorOutcome.NotYours"/>, <see cref="ConductorOutcome.BeingDeleted"/>, <see cref="ConductorOutcome.NonceRefused"/>, <see
/// cref="ConductorOutcome.QuotaExceeded"/>, or <see cref="ConductorOutcome.SourcesRefused"/> if the deadline is not allowed.</param>
/// <param name="Incarnation">The incarnation that is launched.</param>
/// <param name="Resumed">Whether the launch had already begun. If so, some instances may have been registered already.</param>
/// <param name="Sealed">Whether the launch is finished. If so, the caller has nothing left to do.</param>
/// <param name="Quota">The quota that would be exceeded. Null for another outcome.</param>
[GenerateSerializer, Immutable, Alias("audrey.LaunchAnswer")]
public sealed record LaunchAnswer(
    [property: Id(0)] ConductorOutcome Outcome,
    [property: Id(1)] long Incarnation = 0,
    [property: Id(2)] bool Resumed = false,
    [property: Id(3)] bool Sealed = false,
    [property: Id(4)] QuotaExcess? Quota = null);

/// <summary>Some instances of a launch.</summary>
[GenerateSerializer, Immutable, Alias("audrey.LaunchChunk")]
public sealed record LaunchChunk
{
    [Id(0)] public required ConductorKey Conductor { get; init; }

    [Id(1)] public required LaunchKey Launch { get; init; }

    [Id(2)] public required ImmutableArray<InstanceConfig> Instances { get; init; }

    /// <summary>
    /// Whether this launch may already have registered some of the instances. Instances that it has registered do not change.
    /// </summary>
    [Id(3)] public required bool MayBeThere { get; init; }
}

/// <summary>The answer to a <see cref="LaunchChunk"/>.</summary>
/// <param name="Outcome"><see cref="ConductorOutcome.Done"/> if each instance has its own answer. Otherwise, the reason why no instance was
/// registered.</param>
/// <param name="Answers">The instances' answers, in the order of the instances.</param>
[GenerateSerializer, Immutable, Alias("audrey.LaunchChunkAnswer")]
public sealed record LaunchChunkAnswer(
    [property: Id(0)] ConductorOutcome Outcome, [property: Id(1)] ImmutableArray<ConductorAnswer> Answers);

/// <summary>An instance of a launch that joins its deployable.</summary>
/// <param name="Instance">The instance.</param>
/// <param name="GroupReferences">The number of its references to groups, as <see cref="GroupReferences"/> counts them.</param>
[GenerateSerializer, Immutable, Alias("audrey.JoiningInstance")]
public sealed record JoiningInstance([property: Id(0)] InstanceId Instance, [property: Id(1)] long GroupReferences);

/// <summary>The answer when the instances of a chunk join their deployable.</summary>
/// <param name="Outcome"><see cref="ConductorOutcome.Done"/>, <see cref="ConductorOutcome.LaunchEnded"/>, or the reason why none of the
/// instances may join.</param>
/// <param name="Pages">Each instance's page among the members, in the order of the instances.</param>
/// <param name="Refusal">The answer to each of the instances if none of them may join. Null otherwise.</param>
[GenerateSerializer, Immutable, Alias("audrey.LaunchJoined")]
public sealed record LaunchJoined(
    [property: Id(0)] ConductorOutcome Outcome,
    [property: Id(1)] ImmutableArray<int> Pages,
    [property: Id(2)] ConductorAnswer? Refusal = null);
