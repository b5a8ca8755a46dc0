namespace Audrey.Agent.Timing;

/// <summary>Waits by the clock.</summary>
internal sealed class ClockPause(TimeProvider time) : IPause
{
    public Task WaitAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        ReleaseMemory();
        return Task.Delay(duration, time, cancellationToken);
    }

    /// <summary>
    /// Collects garbage. Without this call, garbage would grow to the size of the processor's cache. This size is larger than the rest of
    /// this program, which can wait for days. A heap of this size is collected in a few milliseconds.
    /// </summary>
    public void ReleaseMemory() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
