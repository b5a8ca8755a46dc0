using System.Collections.Immutable;
using Audrey.Core.Instances;
using Audrey.Grains.Concurrency;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Runtime.Services;

namespace Audrey.Grains.Propagation;

/// <summary>Pushes a snapshot to many instances in the memory of any silo, with one call for each silo. See decision 0032.</summary>
internal sealed partial class BatchDispatcher(
    IServiceProvider services, ISiloStatusOracle oracle, TimeProvider time, ILogger<BatchDispatcher> logger)
    : GrainServiceClient<ISiloDispatchService>(services)
{
    /// <summary>
    /// The minimum average number of instances for each silo. With fewer instances, one call for each instance costs less than one call for
    /// each silo.
    /// </summary>
    private const int MinPerSilo = 4;

    /// <summary>
    /// The maximum time for the answer of a silo. A silo that hangs must not delay the instances that have to be called individually.
    /// </summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(3);

    /// <summary>Pushes a snapshot to all given instances that are in the memory of any silo.</summary>
    /// <returns>
    /// For each instance, whether it is known to have the snapshot. Instances that are in no silo's memory, or on a silo that does not
    /// answer, must be called individually.
    /// </returns>
    public async Task<bool[]> PushToLocal(ProviderSnapshot snapshot, ImmutableArray<string> ids)
    {
        var reached = new bool[ids.Length];
        var silos = oracle.GetApproximateSiloStatuses(onlyActive: true).Keys;
        if (ids.Length < MinPerSilo * silos.Count) return reached;
        var calls = silos.Select(silo => PushTo(silo, snapshot, ids)).ToArray();
        await Task.WhenAll(calls).WaitUpToAsync(MaxWait, time);
        foreach (var call in calls)
            if (call.IsCompletedSuccessfully)
                foreach (var index in call.Result) reached[index] = true;
        return reached;
    }

    private async Task<ImmutableArray<int>> PushTo(SiloAddress silo, ProviderSnapshot snapshot, ImmutableArray<string> ids)
    {
        try
        {
            return await GetGrainService(silo).Push(snapshot, ids);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogNotReached(logger, silo, ids.Length, exception.GetType().Name);
            return [];
        }
    }

    [LoggerMessage(
        LogLevel.Debug, "Silo {Silo} did not get a snapshot for {Count} instances ({Failure}). The instances are called one by one")]
    private static partial void LogNotReached(ILogger logger, SiloAddress silo, int count, string failure);
}
