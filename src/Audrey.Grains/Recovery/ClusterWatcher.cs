using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Audrey.Grains.Recovery;

/// <summary>
/// Feeds the epoch from cluster membership, and resumes the deletions and erasures that a stopped silo left behind: at start and after each
/// death.
/// </summary>
internal sealed partial class ClusterWatcher(
    ISiloStatusOracle oracle, ClusterEpoch epoch, IGrainFactory grains, IOptions<PropagationOptions> options, TimeProvider time,
    ILogger<ClusterWatcher> logger) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private Task _resuming = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe<ClusterWatcher>(
            ServiceLifecycleStage.RuntimeGrainServices,
            _ =>
            {
                oracle.SubscribeToSiloStatusEvents(epoch);
                return Task.CompletedTask;
            },
            _ =>
            {
                oracle.UnSubscribeFromSiloStatusEvents(epoch);
                return Task.CompletedTask;
            });
        lifecycle.Subscribe<ClusterWatcher>(
            ServiceLifecycleStage.Active,
            _ =>
            {
                epoch.Raised += OnDeath;
                Resume();
                return Task.CompletedTask;
            },
            async cancellation =>
            {
                epoch.Raised -= OnDeath;
                await _stopping.CancelAsync();
                await _resuming.WaitAsync(cancellation);
            });
    }

    public void Dispose() => _stopping.Dispose();

    private void OnDeath()
    {
        LogEpochRaised(logger, epoch.Current);
        Resume();
    }

    private void Resume()
    {
        lock (_lock) _resuming = Task.WhenAll(_resuming, Task.Run(UntilResumed));
    }

    // In the gap after a death calls fail; nobody else would take the deletions up.
    private async Task UntilResumed()
    {
        var retries = (options.Value.Retries with { MaxCalls = null }).Begin(time);
        do
        {
            try
            {
                await grains.GetGrain<IDeletionsGrain>(DeletionsGrain.Key).Resume();
                await grains.GetGrain<IHistoriesGrain>(HistoriesGrain.Key).Resume();
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                LogResumeFailed(logger, retries.Failures + 1, exception.GetType().Name);
            }
        }
        while (await retries.Wait(_stopping.Token));
    }

    [LoggerMessage(LogLevel.Information, "A silo is dead: under epoch {Epoch} what providers give is taken again before it is answered")]
    private static partial void LogEpochRaised(ILogger logger, int epoch);

    [LoggerMessage(LogLevel.Information, "Attempt {Attempt} to take up unfinished deletions failed ({Failure}); another one follows")]
    private static partial void LogResumeFailed(ILogger logger, int attempt, string failure);
}
