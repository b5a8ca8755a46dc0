using Audrey.Abstractions;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Audrey.Grains.Sets;

/// <summary>The deployables of one conductor.</summary>
[Alias("audrey.IDeployablesGrain")]
public interface IDeployablesGrain : IPagedSetGrain;

/// <inheritdoc cref="IDeployablesGrain"/>
[GrainType("deployables")]
internal sealed class DeployablesGrain(
    [PersistentState("deployables", StorageNames.Rare)] IPersistentState<PagedSetState> row, ILogger<DeployablesGrain> logger)
    : PagedSetGrain(row, logger), IDeployablesGrain
{
    protected override IPagedSetGrain PageAt(string key) => GrainFactory.Reference<IDeployablesGrain>(key);
}
