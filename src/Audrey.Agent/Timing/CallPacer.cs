namespace Audrey.Agent.Timing;

/// <summary>Delays the next call to the server: as long as the server asked for, or as long as a well-behaved client waits.</summary>
internal sealed class CallPacer(TimeProvider time, IPause pause)
{
    private DateTimeOffset _notBefore;

    /// <summary>The next call must not be made before this time has passed. Null changes nothing.</summary>
    public void Postpone(TimeSpan? delay)
    {
        if (delay is { } wait && time.GetUtcNow() + wait is var earliest && earliest > _notBefore) _notBefore = earliest;
    }

    /// <summary>Waits until the next call may be made.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        var remaining = _notBefore - time.GetUtcNow();
        _notBefore = default;
        if (remaining > TimeSpan.Zero) await pause.WaitAsync(remaining, cancellationToken);
    }

    /// <summary>Called before a long poll.</summary>
    public void ReleaseMemory() => pause.ReleaseMemory();
}
