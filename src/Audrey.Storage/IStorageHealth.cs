namespace Audrey.Storage;

/// <summary>Reports whether the hot storage can accept writes. The readiness endpoint uses it.</summary>
public interface IStorageHealth
{
    /// <summary>
    /// Returns the health from memory while commits succeed. After a failed commit, each check writes a probe row durably. So the storage
    /// is reported as healthy again when the database recovers, even if there are no other writes.
    /// </summary>
    ValueTask<StorageHealth> CheckAsync(CancellationToken cancellationToken);
}

/// <summary>The state of the hot storage.</summary>
/// <param name="IsHealthy">True if the last commit succeeded, or there was no commit yet.</param>
/// <param name="QueueDepth">The number of writes that wait for the writer.</param>
/// <param name="QueueCapacity">The maximum number of writes that can wait. Further writes are refused.</param>
/// <param name="Failure">The reason why the last commit failed, with the name of the database. Null when healthy.</param>
public sealed record StorageHealth(bool IsHealthy, int QueueDepth, int QueueCapacity, string? Failure);
