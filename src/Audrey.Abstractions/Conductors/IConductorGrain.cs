using System.Collections.Immutable;
using Audrey.Core.Ids;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Conductors;

/// <summary>A conductor's list of deployables. The key is <see cref="GrainKeys.Of(ConductorKey)"/>.</summary>
[Alias("audrey.IConductorGrain")]
public interface IConductorGrain : IGrainWithStringKey
{
    /// <summary>Returns one page of the conductor's deployables, in the order of their creation.</summary>
    /// <param name="page">The page's number. The first page is 0.</param>
    [AlwaysInterleave, Alias("List")]
    Task<DeployablesPage> List(int page);
}

/// <summary>A page of a list of deployables.</summary>
/// <param name="Deployables">The page's deployables.</param>
/// <param name="Pages">The current number of pages.</param>
[GenerateSerializer, Immutable, Alias("audrey.DeployablesPage")]
public sealed record DeployablesPage([property: Id(0)] ImmutableArray<DeployableId> Deployables, [property: Id(1)] int Pages);
