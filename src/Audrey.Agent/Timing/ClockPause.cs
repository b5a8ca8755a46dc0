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
    /// Collects garbage. By itself the collector lets garbage grow to the size of the processor's cache, which is larger than everything
    /// else in this program, and the program waits for days. A heap of this size is collected in a few milliseconds.
    /// </summary>
    public void ReleaseMemory() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
