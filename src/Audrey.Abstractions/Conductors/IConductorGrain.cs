using System.Collections.Immutable;
using Audrey.Core.Ids;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Conductors;

/// <summary>A conductor's list of deployables. The key is <see cref="GrainKeys.Of(ConductorKey)"/>.</summary>
[Alias("audrey.IConductorGrain")]
public interface IConductorGrain : IGrainWithStringKey
{
    /// <summary>One page of the conductor's deployables, in the order of their creation.</summary>
    /// <param name="page">0 for the first.</param>
    [AlwaysInterleave, Alias("List")]
    Task<DeployablesPage> List(int page);
}

/// <summary>A page of a list of deployables.</summary>
/// <param name="Deployables">The page's deployables.</param>
/// <param name="Pages">How many pages there are now.</param>
[GenerateSerializer, Immutable, Alias("audrey.DeployablesPage")]
public sealed record DeployablesPage([property: Id(0)] ImmutableArray<DeployableId> Deployables, [property: Id(1)] int Pages);
