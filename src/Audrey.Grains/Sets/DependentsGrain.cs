using System.Collections.Immutable;
using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Grains.Concurrency;
using Audrey.Grains.Delivery;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Audrey.Grains.Sets;

/// <summary>The instances of a deployable that refer to one of them, and the way of a snapshot to all of those.</summary>
[Alias("audrey.IDependentsGrain")]
public interface IDependentsGrain : IPagedSetGrain
{
    /// <summary>
    /// Gives a snapshot to every dependent. Returns when all have it or a newer one, or after the push's bound; what is left then goes on
    /// until each has it. A snapshot older than one already given is not sent.
    /// </summary>
    /// <returns>Whether there is any dependent.</returns>
    [AlwaysInterleave, Alias("Publish")]
    Task<bool> Publish(ProviderSnapshot snapshot);

    /// <summary>The same for this page alone.</summary>
    [AlwaysInterleave, Alias("Deliver")]
    Task Deliver(ProviderSnapshot snapshot);
}

/// <inheritdoc cref="IDependentsGrain"/>
[GrainType("dependents")]
internal sealed partial class DependentsGrain(
    [PersistentState("dependents", StorageNames.Hot)] IPersistentState<PagedSetState> row,
    Deliveries everywhere, IOptions<PropagationOptions> options, TimeProvider time, ILogger<DependentsGrain> logger)
    : PagedSetGrain(row, logger), IDependentsGrain
{
    // Whoever is not reached together with the others is given to on its own, so that it holds up no other, nor a newer snapshot; here
    // while that is under way.
    private readonly Dictionary<string, Delivery> _deliveries = [];
    private ProviderSnapshot? _latest;

    public async Task<bool> Publish(ProviderSnapshot snapshot)
    {
        if (Pages == 1 && Ids.IsEmpty) return false;
        await Task.WhenAll([Deliver(snapshot), .. Enumerable.Range(1, Pages - 1).Select(page => ((IDependentsGrain)Other(page)).Deliver(snapshot))]);
        return true;
    }

    public async Task Deliver(ProviderSnapshot snapshot)
    {
        if (_latest is null || snapshot.Version > _latest.Version) _latest = snapshot;
        if (!Ids.IsEmpty) await GiveAll(_latest).WaitUpToAsync(options.Value.PushBound, time);
    }

    protected override IPagedSetGrain PageAt(string key) => GrainFactory.Reference<IDependentsGrain>(key);

    /// <summary>
    /// Completes when each dependent has that snapshot or a newer one, or is given up: first those in memory, together, then the others.
    /// </summary>
    private async Task GiveAll(ProviderSnapshot snapshot)
    {
        var ids = Ids;
        var reached = await everywhere.ToThoseInMemory(snapshot, ids);
        var others = new List<Task>();
        for (var index = 0; index < ids.Length; index++)
        {
            if (!reached[index]) others.Add(Give(ids[index]));
            else if (_deliveries.TryGetValue(ids[index], out var delivery)) delivery.Has(snapshot);
        }

        await Task.WhenAll(others);
    }

    /// <summary>Completes when the dependent has the latest snapshot, or when it is given up.</summary>
    private Task Give(string id)
    {
        if (_deliveries.TryGetValue(id, out var delivery)) return delivery.Task;
        _deliveries.Add(id, delivery = new Delivery());
        return delivery.Task = GiveLatest(id, delivery);
    }

    private async Task GiveLatest(string id, Delivery delivery)
    {
        var dependent = GrainFactory.Reference<IProviderGrain>(GrainKeys.Of(InstanceId.Parse(id)));
        try
        {
            for (var attempt = 1; delivery.Version < _latest!.Version;)
            {
                var snapshot = _latest;
                try
                {
                    await dependent.Receive(snapshot);
                    delivery.Has(snapshot);
                }
                catch (Exception exception) when (exception is not OutOfMemoryException)
                {
                    if (!Ids.Contains(id)) return;
                    if (attempt == options.Value.PushAttempts)
                    {
                        // Who cannot be activated holds nothing old: it pulls before it answers.
                        LogGivenUp(logger, snapshot.Provider.Value, id, attempt, exception);
                        return;
                    }

                    await Task.Delay(options.Value.PushRetryDelay * Math.Min(attempt++, 10), time);
                }
            }
        }
        finally
        {
            // In the same turn as the last look at what is the latest: whoever comes after begins anew.
            _deliveries.Remove(id);
        }
    }

    [LoggerMessage(LogLevel.Warning, "What {Provider} provides did not reach {Dependent} in {Attempts} attempts")]
    private static partial void LogGivenUp(ILogger logger, string provider, string dependent, int attempts, Exception exception);

    /// <summary>What one dependent has been given, and the giving under way.</summary>
    private sealed class Delivery
    {
        public long Version { get; private set; } = -1;

        public void Has(ProviderSnapshot snapshot) => Version = Math.Max(Version, snapshot.Version);

        public Task Task { get; set; } = Task.CompletedTask;
    }
}
