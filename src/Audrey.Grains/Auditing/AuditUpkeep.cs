using Audrey.Abstractions.Auditing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Audrey.Grains.Auditing;

/// <summary>Deletes old entries of the audit trail at an interval, even if no entries are added.</summary>
internal sealed partial class AuditUpkeep(
    IGrainFactory grains, IOptions<AuditOptions> options, TimeProvider time, ILogger<AuditUpkeep> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _trimming = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe<AuditUpkeep>(
        ServiceLifecycleStage.Active,
        _ =>
        {
            _trimming = Task.Run(TrimAgainAndAgain, CancellationToken.None);
            return Task.CompletedTask;
        },
        async cancellation =>
        {
            await _stopping.CancelAsync();
            await _trimming.WaitAsync(cancellation);
        });

    public void Dispose() => _stopping.Dispose();

    private async Task TrimAgainAndAgain()
    {
        while (true)
        {
            await Task.Delay(options.Value.CheckInterval, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stopping.IsCancellationRequested) return;
            try
            {
                for (var part = 0; part < AuditParts.Count; part++) await grains.GetGrain<IAuditGrain>(AuditParts.KeyOf(part)).Trim();
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                LogNotTrimmed(logger, exception);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Old entries of the audit trail could not be deleted. The silo will try again")]
    private static partial void LogNotTrimmed(ILogger logger, Exception exception);
}
