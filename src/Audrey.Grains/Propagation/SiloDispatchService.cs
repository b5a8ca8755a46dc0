using System.Collections.Immutable;
using Audrey.Core.Instances;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Services;

namespace Audrey.Grains.Propagation;

/// <summary>
/// Passes snapshots to the instances in one silo's memory. One call reaches many instances. Each silo has one such service. See decision
/// 0032.
/// </summary>
[Alias("audrey.ISiloDispatchService")]
public interface ISiloDispatchService : IGrainService
{
    /// <summary>
    /// Passes a snapshot to all given instances that are in this silo's memory. Returns when each of these instances has accepted the
    /// snapshot or has failed to accept it.
    /// </summary>
    /// <param name="snapshot">The provider's snapshot.</param>
    /// <param name="ids">The instances' UUIDs.</param>
    /// <returns>
    /// The indexes of the instances that now have the snapshot. The other instances are not in this silo's memory, or failed to accept the
    /// snapshot.
    /// </returns>
    [Alias("Push")]
    Task<ImmutableArray<int>> Push(ProviderSnapshot snapshot, ImmutableArray<string> ids);
}

/// <inheritdoc cref="ISiloDispatchService"/>
[Reentrant]
internal sealed class SiloDispatchService(GrainId id, Silo silo, ILoggerFactory loggers, LocalRecipients recipients)
    : GrainService(id, silo, loggers), ISiloDispatchService
{
    public async Task<ImmutableArray<int>> Push(ProviderSnapshot snapshot, ImmutableArray<string> ids)
    {
        LocalRecipients.Registration?[] registrations = [.. ids.Select(recipients.Find)];
        var latch = new SnapshotLatch(ids.Length, registrations.Count(registration => registration is not null));

        // No recipient needs the context of this call.
        using (ExecutionContext.SuppressFlow())
        {
            for (var index = 0; index < registrations.Length; index++) registrations[index]?.Push(snapshot, latch, index);
        }

        latch.Signal();
        var accepted = await latch.WhenAll();
        return [.. Enumerable.Range(0, ids.Length).Where(index => accepted[index])];
    }
}
