namespace Audrey.Storage;

/// <summary>Whether the hot storage can take writes; for the readiness endpoint.</summary>
public interface IStorageHealth
{
    /// <summary>
    /// Answers from memory while commits succeed. After a failed one it writes a row of its own durably, so that readiness
    /// returns when the database does, even while nobody else writes.
    /// </summary>
    ValueTask<StorageHealth> CheckAsync(CancellationToken cancellationToken);
}

/// <summary>The state of the hot storage.</summary>
/// <param name="IsHealthy">The last commit succeeded, or none was needed yet.</param>
/// <param name="QueueDepth">Writes waiting for the writer.</param>
/// <param name="QueueCapacity">Writes that may wait; the next one is refused.</param>
/// <param name="Failure">Why the last commit failed: names the database and the cause; null when healthy.</param>
public sealed record StorageHealth(bool IsHealthy, int QueueDepth, int QueueCapacity, string? Failure);
