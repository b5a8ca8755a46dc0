using Audrey.Abstractions;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Audrey.Grains.Sets;

/// <summary>The instances of one incarnation of a deployable.</summary>
[Alias("audrey.IMembersGrain")]
public interface IMembersGrain : IPagedSetGrain;

/// <inheritdoc cref="IMembersGrain"/>
[GrainType("members")]
internal sealed class MembersGrain(
    [PersistentState("members", StorageNames.Hot)] IPersistentState<PagedSetState> row, ILogger<MembersGrain> logger)
    : PagedSetGrain(row, logger), IMembersGrain
{
    protected override IPagedSetGrain PageAt(string key) => GrainFactory.Reference<IMembersGrain>(key);
}
