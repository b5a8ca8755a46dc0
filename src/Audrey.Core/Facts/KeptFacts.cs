using System.Collections.Immutable;
using Audrey.Core.Ids;
using Orleans;

namespace Audrey.Core.Facts;

/// <summary>The facts that are kept with one instance, for its conductor. Facts that are secret have a reason instead of a value.</summary>
[GenerateSerializer, Immutable, Alias("audrey.KeptFacts")]
public sealed record KeptFacts
{
    /// <summary>The instance.</summary>
    [Id(0)] public required InstanceId Instance { get; init; }

    /// <summary>The label of the instance. Null if its registration did not know labels.</summary>
    [Id(1)] public string? Label { get; init; }

    /// <summary>The deployable that the instance belongs to.</summary>
    [Id(2)] public required DeployableId Deployable { get; init; }

    /// <summary>The conductor that the deployable belongs to.</summary>
    [Id(3)] public required ConductorKey Conductor { get; init; }

    /// <summary>The instance's generation. The facts belong to it.</summary>
    [Id(4)] public required long Generation { get; init; }

    /// <summary>The newest report of each agent about each class.</summary>
    [Id(5)] public ImmutableArray<FactReport> Reports { get; init; } = [];

    /// <summary>The time of the last heartbeat if the instance is silent, else null.</summary>
    [Id(6)] public DateTimeOffset? SilentSince { get; init; }
}
