namespace Audrey.Agent.Running;

/// <summary>Waits between one request for the configuration and the next; tests let simulated time pass instead.</summary>
internal interface IPause
{
    Task WaitAsync(TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>A request is about to wait for long: what is not needed meanwhile can be given back.</summary>
    void Rest();
}

/// <summary>Waits by the clock.</summary>
internal sealed class ClockPause(TimeProvider time) : IPause
{
    public Task WaitAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        Rest();
        return Task.Delay(duration, time, cancellationToken);
    }

    /// <summary>
    /// Gives memory back. The collector by itself lets garbage grow to the size of the processor's cache, which is more than all else that this
    /// program holds, and it waits for days. A heap of this size is collected in a few milliseconds.
    /// </summary>
    public void Rest() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
