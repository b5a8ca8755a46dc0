namespace Audrey.Grains.Concurrency;

/// <summary>
/// Lets callers of a grain share writes. Each caller awaits a write that began after its change was made. At any time, at most one write
/// runs and at most one write waits. An object of this class is used on one grain's scheduler only.
/// </summary>
internal sealed class WriteCoalescer(Func<Task> write)
{
    private Task _running = Task.CompletedTask;
    private Task? _waiting;

    /// <summary>Completes when a write that covers every change made so far has completed. Fails if that write fails.</summary>
    public Task Flush() => _waiting ??= RunNext();

    private async Task RunNext()
    {
        await _running.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Current);
        _running = _waiting ?? Task.CompletedTask;
        _waiting = null;
        await write();
    }
}
