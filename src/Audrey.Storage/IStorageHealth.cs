namespace Audrey.Storage;

/// <summary>Tells whether the hot storage can accept writes. The readiness endpoint uses it.</summary>
public interface IStorageHealth
{
    /// <summary>
    /// Answers from memory while commits succeed. After a failed commit each check writes a probe row durably, so that readiness returns
    /// when the database does, even if there are no other writes.
    /// </summary>
    ValueTask<StorageHealth> CheckAsync(CancellationToken cancellationToken);
}

/// <summary>The state of the hot storage.</summary>
/// <param name="IsHealthy">True if the last commit succeeded, or there was no commit yet.</param>
/// <param name="QueueDepth">The number of writes that wait for the writer.</param>
/// <param name="QueueCapacity">The maximum number of writes that may wait. Further writes are refused.</param>
/// <param name="Failure">Why the last commit failed; it names the database and the cause. Null when healthy.</param>
public sealed record StorageHealth(bool IsHealthy, int QueueDepth, int QueueCapacity, string? Failure);
