namespace Audrey.Agent.Timing;

/// <summary>
/// Delays the next call to the server by the time that the server requested, or by the time that a well-behaved client waits. Uses the
/// monotonic clock, so a change of the machine's time neither shortens nor extends a delay.
/// </summary>
internal sealed class CallPacer(TimeProvider time, IPause pause)
{
    private long _start;
    private TimeSpan _delay;

    private TimeSpan Remaining => _delay - time.GetElapsedTime(_start);

    /// <summary>Sets the time that must pass before the next call. Null changes nothing.</summary>
    public void Postpone(TimeSpan? delay)
    {
        if (delay is { } wait && wait > Remaining) (_start, _delay) = (time.GetTimestamp(), wait);
    }

    /// <summary>Waits until the next call may be made.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        var remaining = Remaining;
        _delay = TimeSpan.Zero;
        if (remaining > TimeSpan.Zero) await pause.WaitAsync(remaining, cancellationToken);
    }

    /// <summary>Called before a long poll.</summary>
    public void ReleaseMemory() => pause.ReleaseMemory();
}
