namespace Audrey.Agent.Running;

/// <summary>Waits between one request for the configuration and the next; tests let simulated time pass instead.</summary>
internal interface IPause
{
    Task WaitAsync(TimeSpan duration, CancellationToken cancellationToken);
}

/// <summary>Waits by the clock.</summary>
internal sealed class ClockPause(TimeProvider time) : IPause
{
    public Task WaitAsync(TimeSpan duration, CancellationToken cancellationToken) => Task.Delay(duration, time, cancellationToken);
}
