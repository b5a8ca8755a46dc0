namespace Audrey.Storage;

/// <summary>Reports whether the storage can accept writes. The readiness endpoint uses it.</summary>
public interface IStorageHealth
{
    /// <summary>
    /// Returns the health from memory if a commit succeeded within the last 5 s. Otherwise writes a probe row durably, and waits for that
    /// at most 4 s. So the loss and the return of the database are reported even if there are no other writes.
    /// </summary>
    ValueTask<StorageHealth> CheckAsync(CancellationToken cancellationToken);
}

/// <summary>The state of the hot storage.</summary>
/// <param name="QueueDepth">The number of writes that wait for the writer.</param>
/// <param name="Failure">The reason why the last commit failed or did not end. Null when healthy.</param>
public sealed record StorageHealth(int QueueDepth, string? Failure)
{
    /// <summary>True if the last commit succeeded, and is at most 5 s old.</summary>
    public bool IsHealthy => Failure is null;
}
