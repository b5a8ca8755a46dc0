using Audrey.Storage.Keys;

namespace Audrey.Storage.GroupCommit;

/// <summary>The operations of a database that the group commit needs.</summary>
internal interface ICommitEngine : IAsyncDisposable
{
    /// <summary>Reads one row, or returns null if there is none. Called concurrently.</summary>
    ValueTask<StoredRow?> ReadAsync(RowKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Reads many rows in one query. Returns them in the order of the keys, with null for each key that has no row. A key can occur more
    /// than once. Called concurrently.
    /// </summary>
    ValueTask<StoredRow?[]> ReadManyAsync(IReadOnlyList<RowKey> keys, CancellationToken cancellationToken);

    /// <summary>
    /// Commits a batch in one durable transaction and sets each outcome. A row that conflicts is not written, and does not affect the other
    /// rows. Called by the writer thread only, with no key twice in a batch.
    /// </summary>
    /// <exception cref="CommitException">
    /// No write of the batch took effect, or the outcome is unknown; see <see cref="CommitException.Failure"/>.
    /// </exception>
    void Commit(ReadOnlySpan<RowWrite> batch, Span<RowOutcome> outcomes);
}

/// <summary>A stored row. The payload is null if a stock storage cleared the row without deleting it.</summary>
internal readonly record struct StoredRow(int? Version, byte[]? Payload);

/// <summary>The outcome of one write in a committed batch.</summary>
internal enum RowOutcome
{
    /// <summary>The version of the row is not the expected version. Nothing was written.</summary>
    Conflict,

    /// <summary>The write is durable.</summary>
    Applied,
}
