using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Audrey.Grains.Recovery;

/// <summary>Raises the epoch when a silo dies. Resumes the cluster's unfinished work when this silo starts and after each death.</summary>
internal sealed partial class ClusterRecovery(
    ISiloStatusOracle oracle, ClusterEpoch epoch, IGrainFactory grains, IOptions<PropagationOptions> options, TimeProvider time,
    ILogger<ClusterRecovery> logger) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    /// <summary>
    /// The interval at which the list is brought into memory, in case a failed write has ended the activation of one part of the list.
    /// </summary>
    private static readonly TimeSpan WakeInterval = TimeSpan.FromMinutes(5);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private Task _resuming = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifecycle.Subscribe<ClusterRecovery>(
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
        lifecycle.Subscribe<ClusterRecovery>(
            ServiceLifecycleStage.Active,
            _ =>
            {
                epoch.Raised += OnDeath;
                Resume();
                lock (_lock) _resuming = Task.WhenAll(_resuming, Task.Run(WakeAgainAndAgain, CancellationToken.None));
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

    // Calls fail for a while after the death of a silo, and no other code would resume the work.
    private async Task UntilResumed()
    {
        var retries = (options.Value.Retries with { MaxCalls = null }).Begin(time);
        do
        {
            try
            {
                await Task.WhenAll(UnfinishedWork.Keys.Select(key => grains.GetGrain<IUnfinishedWorkGrain>(key).Resume()));
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

    private async Task WakeAgainAndAgain()
    {
        while (true)
        {
            await Task.Delay(WakeInterval, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stopping.IsCancellationRequested) return;
            await Task.WhenAll(UnfinishedWork.Keys.Select(key => grains.GetGrain<IUnfinishedWorkGrain>(key).Wake()))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Information, "A silo has died. Under epoch {Epoch}, instances pull from their providers before they answer")]
    private static partial void LogEpochRaised(ILogger logger, int epoch);

    [LoggerMessage(LogLevel.Information, "Attempt {Attempt} to resume unfinished work failed ({Failure}). Another attempt follows")]
    private static partial void LogResumeFailed(ILogger logger, int attempt, string failure);
}
