using Audrey.Abstractions;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Ids;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Audrey.Grains.Sets;

/// <summary>
/// The deployables of one conductor. The set is written before a deployable is created. So it can name one that was never created, or that
/// another conductor has created.
/// </summary>
[Alias("audrey.IDeployablesGrain")]
public interface IDeployablesGrain : IPagedSetGrain
{
    /// <summary>Returns the ids of one page whose deployables exist and belong to the conductor, and the number of pages.</summary>
    [AlwaysInterleave, Alias("ReadOwned")]
    Task<SetPage> ReadOwned(ConductorKey conductor, int page);
}

/// <inheritdoc cref="IDeployablesGrain"/>
[GrainType("deployables")]
internal sealed class DeployablesGrain(
    [PersistentState("deployables", StorageNames.Rare)] IPersistentState<PagedSetState> row, ILogger<DeployablesGrain> logger)
    : PagedSetGrain(row, logger), IDeployablesGrain
{
    // Deployables that were found to exist. A deployable is removed from the set before it ceases to exist, so the grain does not ask them
    // again.
    private readonly HashSet<string> _existing = new(StringComparer.Ordinal);

    public async Task<SetPage> ReadOwned(ConductorKey conductor, int page)
    {
        if (page >= Pages && page != Page) return new([], Pages);
        if (page != Page) return (await ((IDeployablesGrain)Other(page)).ReadOwned(conductor, page)) with { Pages = Pages };
        var ids = Ids;
        var owned = await Task.WhenAll(ids.Select(id => IsOwned(conductor, id)));
        return new([.. ids.Where((_, i) => owned[i])], Pages);
    }

    public override Task Remove(string id)
    {
        var removing = base.Remove(id);
        _existing.Remove(id);
        return removing;
    }

    protected override IPagedSetGrain PageAt(string key) => GrainFactory.Reference<IDeployablesGrain>(key);

    private async Task<bool> IsOwned(ConductorKey conductor, string id)
    {
        if (_existing.Contains(id)) return true;
        var deployable = GrainFactory.Reference<IDeployableGrain>(GrainKeys.Of(DeployableId.Parse(id)));
        if (await deployable.GetOwner() != conductor) return false;

        // It may have been removed in the meantime.
        if (IsKept(id)) _existing.Add(id);
        return true;
    }
}
