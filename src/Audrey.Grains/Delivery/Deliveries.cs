using System.Collections.Immutable;
using Audrey.Core.Instances;
using Audrey.Grains.Concurrency;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Runtime.Services;

namespace Audrey.Grains.Delivery;

/// <summary>Gives a snapshot to many instances wherever they are in memory: one call for each silo.</summary>
internal sealed partial class Deliveries(IServiceProvider services, ISiloStatusOracle oracle, TimeProvider time, ILogger<Deliveries> logger)
    : GrainServiceClient<IDeliveryService>(services)
{
    /// <summary>With fewer instances for each silo a call for each instance is less than one for each silo.</summary>
    private const int MinPerSilo = 4;

    /// <summary>How long a silo's answer is waited for: one that hangs must not keep those waiting that have to be called one by one.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Gives a snapshot to those of the instances that are in any silo's memory.</summary>
    /// <returns>Whether each is known to have it. The others may be in nobody's memory, or on a silo that does not answer: they are to be called one by one.</returns>
    public async Task<bool[]> ToThoseInMemory(ProviderSnapshot snapshot, ImmutableArray<string> ids)
    {
        var reached = new bool[ids.Length];
        var silos = oracle.GetApproximateSiloStatuses(onlyActive: true).Keys;
        if (ids.Length < MinPerSilo * silos.Count) return reached;
        var calls = silos.Select(silo => To(silo, snapshot, ids)).ToArray();
        await Task.WhenAll(calls).WaitUpToAsync(Patience, time);
        foreach (var call in calls)
            if (call.IsCompletedSuccessfully)
                foreach (var index in call.Result) reached[index] = true;
        return reached;
    }

    private async Task<ImmutableArray<int>> To(SiloAddress silo, ProviderSnapshot snapshot, ImmutableArray<string> ids)
    {
        try
        {
            return await GetGrainService(silo).HandOver(snapshot, ids);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogNotDelivered(logger, silo, ids.Length, exception.GetType().Name);
            return [];
        }
    }

    [LoggerMessage(LogLevel.Debug, "Silo {Silo} was not reached with a snapshot for {Count} instances ({Failure}); they are called one by one")]
    private static partial void LogNotDelivered(ILogger logger, SiloAddress silo, int count, string failure);
}
