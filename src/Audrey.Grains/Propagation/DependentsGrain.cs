using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Grains.Concurrency;
using Audrey.Grains.Sets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Audrey.Grains.Propagation;

/// <summary>
/// The instances of a deployable that refer to one of its instances, and the delivery of that instance's snapshots to them.
/// </summary>
[Alias("audrey.IDependentsGrain")]
public interface IDependentsGrain : IPagedSetGrain
{
    /// <summary>
    /// Pushes a snapshot to every dependent. Returns when each dependent has this snapshot or a newer snapshot, or after the push's bound.
    /// After the bound the pushes continue. A snapshot that is older than a published snapshot is not pushed.
    /// </summary>
    /// <returns>Whether there are any dependents.</returns>
    [AlwaysInterleave, Alias("Publish")]
    Task<bool> Publish(ProviderSnapshot snapshot);

    /// <summary>Pushes a snapshot to the dependents on this page only; see <see cref="Publish"/>.</summary>
    [AlwaysInterleave, Alias("Push")]
    Task Push(ProviderSnapshot snapshot);
}

/// <inheritdoc cref="IDependentsGrain"/>
[GrainType("dependents")]
internal sealed partial class DependentsGrain(
    [PersistentState("dependents", StorageNames.Hot)] IPersistentState<PagedSetState> row,
    BatchDispatcher dispatcher, IOptions<PropagationOptions> options, TimeProvider time, ILogger<DependentsGrain> logger)
    : PagedSetGrain(row, logger), IDependentsGrain
{
    // Pushes under way to single dependents that the batch did not reach. Each dependent has a separate push, so that a slow dependent
    // delays neither other dependents nor newer snapshots.
    private readonly Dictionary<string, SinglePush> _pushes = [];
    private ProviderSnapshot? _newest;

    public async Task<bool> Publish(ProviderSnapshot snapshot)
    {
        if (Pages == 1 && Ids.IsEmpty) return false;
        var others = Enumerable.Range(1, Pages - 1).Select(page => ((IDependentsGrain)Other(page)).Push(snapshot));
        await Task.WhenAll([Push(snapshot), .. others]);
        return true;
    }

    public async Task Push(ProviderSnapshot snapshot)
    {
        if (_newest is null || snapshot.Version > _newest.Version) _newest = snapshot;
        if (!Ids.IsEmpty) await PushToAll(_newest).WaitUpToAsync(options.Value.PushBound, time);
    }

    protected override IPagedSetGrain PageAt(string key) => GrainFactory.Reference<IDependentsGrain>(key);

    /// <summary>
    /// Completes when each dependent has that snapshot or a newer snapshot, or when the push to it was abandoned. The dependents in memory
    /// get the snapshot in batches. Then the other dependents get the snapshot individually.
    /// </summary>
    private async Task PushToAll(ProviderSnapshot snapshot)
    {
        var ids = Ids;
        var reached = await dispatcher.PushToLocal(snapshot, ids);
        var others = new List<Task>();
        for (var index = 0; index < ids.Length; index++)
        {
            if (!reached[index]) others.Add(PushTo(ids[index]));
            else if (_pushes.TryGetValue(ids[index], out var push)) push.Reach(snapshot);
        }

        await Task.WhenAll(others);
    }

    /// <summary>Completes when the dependent has the newest snapshot, or when the push was abandoned.</summary>
    private Task PushTo(string id)
    {
        if (_pushes.TryGetValue(id, out var push)) return push.Task;
        _pushes.Add(id, push = new SinglePush());
        return push.Task = PushNewest(id, push);
    }

    private async Task PushNewest(string id, SinglePush push)
    {
        var dependent = GrainFactory.Reference<IProviderGrain>(GrainKeys.Of(InstanceId.Parse(id)));
        var retries = options.Value.Retries.Begin(time);
        try
        {
            while (push.Version < _newest!.Version)
            {
                var snapshot = _newest;
                try
                {
                    await dependent.Receive(snapshot);
                    push.Reach(snapshot);
                }
                catch (Exception exception) when (exception is not OutOfMemoryException)
                {
                    if (!Ids.Contains(id)) return;
                    if (await retries.Wait()) continue;

                    // A dependent that cannot be activated has no old values in memory. The dependent pulls before its first answer.
                    LogGivenUp(logger, snapshot.Provider.Value, id, retries.Failures, exception);
                    return;
                }
            }
        }
        finally
        {
            // This code runs in the same turn as the last check for the newest snapshot. So any later publication begins a new push.
            _pushes.Remove(id);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The snapshot of {Provider} did not reach {Dependent} in {Attempts} attempts")]
    private static partial void LogGivenUp(ILogger logger, string provider, string dependent, int attempts, Exception exception);

    /// <summary>A push to one dependent, and the version that the dependent has.</summary>
    private sealed class SinglePush
    {
        /// <summary>The newest version that the dependent is known to have.</summary>
        public long Version { get; private set; } = -1;

        public Task Task { get; set; } = Task.CompletedTask;

        /// <summary>Records that the dependent has that snapshot.</summary>
        public void Reach(ProviderSnapshot snapshot) => Version = Math.Max(Version, snapshot.Version);
    }
}
