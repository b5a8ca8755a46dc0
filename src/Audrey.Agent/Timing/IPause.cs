namespace Audrey.Agent.Timing;

/// <summary>Waits between requests. Tests advance simulated time instead.</summary>
internal interface IPause
{
    Task WaitAsync(TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>Called before a request that waits for a long time. Releases memory that is not needed meanwhile.</summary>
    void ReleaseMemory();
}
