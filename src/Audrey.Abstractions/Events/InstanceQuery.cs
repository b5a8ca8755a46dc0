using System.Collections.Immutable;
using Audrey.Core.Completion;
using Audrey.Core.Ids;
using Orleans;

namespace Audrey.Abstractions.Events;

/// <summary>A request for the instances of a deployable with some status or of some assembly.</summary>
[GenerateSerializer, Immutable, Alias("audrey.InstanceQuery")]
public sealed record InstanceQuery
{
    /// <summary>The maximum number of instances in an answer.</summary>
    public const int MaxInstances = 128;

    /// <summary>The incarnation of the deployable.</summary>
    [Id(0)] public required long Incarnation { get; init; }

    /// <summary>The status of the instances. Null for every status.</summary>
    [Id(1)] public CompletionStatus? Status { get; init; }

    /// <summary>The assembly of the instances. Null for every assembly.</summary>
    [Id(2)] public string? Assembly { get; init; }

    /// <summary>The last instance of the previous answer. Null for the first instances.</summary>
    [Id(3)] public InstanceId? After { get; init; }

    /// <summary>The number of instances to return, at most <see cref="MaxInstances"/>.</summary>
    [Id(4)] public required int Limit { get; init; }
}

/// <summary>Instances in the order in which the event log first heard of them.</summary>
/// <param name="Instances">The instances.</param>
/// <param name="HasMore">Whether more instances follow the last one.</param>
[GenerateSerializer, Immutable, Alias("audrey.FoundInstances")]
public sealed record FoundInstances([property: Id(0)] ImmutableArray<InstanceId> Instances, [property: Id(1)] bool HasMore);
