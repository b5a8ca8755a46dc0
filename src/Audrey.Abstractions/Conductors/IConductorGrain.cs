using System.Collections.Immutable;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Conductors;

/// <summary>A conductor's list of deployables, and the count for its quotas. The key is <see cref="GrainKeys.Of(ConductorKey)"/>.</summary>
[Alias("audrey.IConductorGrain")]
public interface IConductorGrain : IGrainWithStringKey
{
    /// <summary>Returns one page of the conductor's deployables, in the order of their creation.</summary>
    /// <param name="page">The page's number. The first page is 0.</param>
    [AlwaysInterleave, Alias("List")]
    Task<DeployablesPage> List(int page);

    /// <summary>
    /// Reserves a place for a deployable and its instances before they are registered. The reservation is only in memory: after a crash,
    /// the deployables are counted again, so that nothing stays reserved. See decision 0050.
    /// </summary>
    /// <param name="deployable">The deployable. It makes one call at a time.</param>
    /// <param name="instances">The number of its instances in all.</param>
    /// <returns>The quota that would be exceeded. Null if the place is reserved.</returns>
    [AlwaysInterleave, Alias("Reserve")]
    Task<QuotaExcess?> Reserve(DeployableId deployable, int instances);

    /// <summary>
    /// Notes that a deployable is about to have fewer instances, or none. It is counted again before a reservation is refused.
    /// </summary>
    [AlwaysInterleave, Alias("Recount")]
    Task Recount(DeployableId deployable);
}

/// <summary>A page of a list of deployables.</summary>
/// <param name="Deployables">The page's deployables.</param>
/// <param name="Pages">The current number of pages.</param>
[GenerateSerializer, Immutable, Alias("audrey.DeployablesPage")]
public sealed record DeployablesPage([property: Id(0)] ImmutableArray<DeployableId> Deployables, [property: Id(1)] int Pages);
