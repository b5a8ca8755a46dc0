using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Audrey.Grains.Instance;

/// <summary>
/// Reads guests' credentials from the definition rows. The grain is reentrant, because it keeps no data between calls and concurrent reads
/// share queries. An instance serves only durable rows, so a credential is never older than the one that the instance serves.
/// </summary>
[StatelessWorker, Reentrant]
internal sealed class GuestCredentialsGrain([FromKeyedServices(StorageNames.HotReads)] IGrainStorage rows, TimeProvider time)
    : Grain, IGuestCredentialsGrain
{
    public async ValueTask<InstanceCredential?> Find(InstanceId id)
    {
        var row = new GrainState<InstanceDefinition>(new InstanceDefinition());
        await rows.ReadStateAsync(InstanceRows.DefinitionName, GrainFactory.Reference<IGuestGrain>(GrainKeys.Of(id)).GetGrainId(), row);
        return InstanceCredential.Of(row.State!, time.GetUtcNow());
    }
}
