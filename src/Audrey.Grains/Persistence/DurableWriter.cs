using Audrey.Abstractions;
using Audrey.Grains.Concurrency;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Audrey.Grains.Persistence;

/// <summary>
/// Writes a grain's changes, and ends the activation if a write fails. After a failure it is not known whether the storage has the write.
/// So this activation writes nothing more, and the next activation starts from the stored value.
/// </summary>
internal sealed partial class DurableWriter
{
    private readonly Func<Task> _write;
    private readonly IGrainBase _grain;
    private readonly ILogger _logger;
    private readonly WriteCoalescer _coalescer;

    /// <param name="write">Writes every change made so far. This function never runs twice at the same time.</param>
    /// <param name="grain">The grain that is deactivated after a failure.</param>
    /// <param name="logger">The grain's log.</param>
    public DurableWriter(Func<Task> write, IGrainBase grain, ILogger logger)
    {
        (_write, _grain, _logger) = (write, grain, logger);
        _coalescer = new WriteCoalescer(WriteNow);
    }

    /// <summary>Whether a write has failed, so that this activation is ending.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Completes when every change made so far is durable. Callers that wait at the same time share one write.</summary>
    /// <exception cref="NotDurableException">The storage did not confirm this write or an earlier write of this activation.</exception>
    public Task Flush() => _coalescer.Flush();

    /// <summary>Ends the activation, so that every later write fails.</summary>
    public void Stop()
    {
        HasFailed = true;
        _grain.DeactivateOnIdle();
    }

    /// <summary>Throws if a write has failed.</summary>
    /// <exception cref="NotDurableException">A write of this activation has failed.</exception>
    public void ThrowIfFailed()
    {
        if (HasFailed) throw new NotDurableException("an earlier write failed and the grain is restarting; try again");
    }

    /// <summary>Immediately writes every change made so far. The caller ensures that no other write is under way.</summary>
    /// <exception cref="NotDurableException">The storage did not confirm this write or an earlier write of this activation.</exception>
    public async Task WriteNow()
    {
        ThrowIfFailed();
        try
        {
            await _write();
        }
        catch (Exception exception)
        {
            Stop();
            LogWriteFailed(_logger, _grain.GrainContext.GrainId.ToString(), exception);
            throw new NotDurableException(
                exception is InconsistentStateException
                    ? "the row was written elsewhere at the same time; try again"
                    : "the database did not accept the write; try again later",
                exception);
        }
    }

    [LoggerMessage(LogLevel.Error, "Grain {Grain}: a write failed. The grain restarts from its durable state")]
    private static partial void LogWriteFailed(ILogger logger, string grain, Exception exception);
}
