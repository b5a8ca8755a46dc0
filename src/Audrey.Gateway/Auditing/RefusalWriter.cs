using Audrey.Abstractions.Auditing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Audrey.Gateway.Auditing;

/// <summary>
/// Adds the sums of refused requests to the audit trail every minute. A process that is a gateway and a silo has one, so the bound of the
/// sums is that of the process.
/// </summary>
internal sealed partial class RefusalWriter(RefusalSums sums, TimeProvider time, ILogger<RefusalWriter> log) : BackgroundService
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Flush(StopTimeout);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var now = time.GetUtcNow();
            var untilNextMinute = TimeSpan.FromTicks(TimeSpan.TicksPerMinute - (now.Ticks % TimeSpan.TicksPerMinute));
            await Task.Delay(untilNextMinute, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stoppingToken.IsCancellationRequested) await Flush(TimeSpan.FromMinutes(1));
        }
    }

    private async Task Flush(TimeSpan timeout)
    {
        try
        {
            await sums.Flush().WaitAsync(timeout, time);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            LogNotWritten(failure.GetType().Name);
        }
    }

    [LoggerMessage(
        LogLevel.Warning, "The sums of refused requests could not be added to the audit trail ({Failure}); that will be tried again.")]
    private partial void LogNotWritten(string failure);
}
