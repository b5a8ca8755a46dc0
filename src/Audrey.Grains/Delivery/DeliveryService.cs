using System.Collections.Immutable;
using Audrey.Core.Instances;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Services;

namespace Audrey.Grains.Delivery;

/// <summary>Hands snapshots to the instances in one silo's memory, many in one call. One in each silo; see decision 0032.</summary>
[Alias("audrey.IDeliveryService")]
public interface IDeliveryService : IGrainService
{
    /// <summary>Hands a snapshot to those of the instances that are in this silo's memory. Returns when each of them has taken it.</summary>
    /// <param name="snapshot">What a provider gives.</param>
    /// <param name="ids">The instances' UUIDs.</param>
    /// <returns>Which of them have it now, by index; the others are not in memory here, or failed to take it.</returns>
    [Alias("HandOver")]
    Task<ImmutableArray<int>> HandOver(ProviderSnapshot snapshot, ImmutableArray<string> ids);
}

/// <inheritdoc cref="IDeliveryService"/>
[Reentrant]
internal sealed class DeliveryService(GrainId id, Silo silo, ILoggerFactory loggers, InstancesInMemory instances)
    : GrainService(id, silo, loggers), IDeliveryService
{
    public async Task<ImmutableArray<int>> HandOver(ProviderSnapshot snapshot, ImmutableArray<string> ids)
    {
        InstancesInMemory.Place?[] places = [.. ids.Select(instances.Find)];
        var handover = new Handover(ids.Length, places.Count(place => place is not null));

        // No turn needs to know of the call that it comes from.
        using (ExecutionContext.SuppressFlow())
        {
            for (var index = 0; index < places.Length; index++) places[index]?.HandOver(snapshot, handover, index);
        }

        handover.Done();
        var taken = await handover.All();
        return [.. Enumerable.Range(0, ids.Length).Where(index => taken[index])];
    }
}
