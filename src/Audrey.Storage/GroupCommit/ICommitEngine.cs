using Audrey.Storage.Keys;

namespace Audrey.Storage.GroupCommit;

/// <summary>One database, as the group commit sees it.</summary>
internal interface ICommitEngine : IAsyncDisposable
{
    /// <summary>Reads one row; null when there is none. Called by many at once.</summary>
    ValueTask<StoredRow?> ReadAsync(RowKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Commits a batch in one durable transaction. Called by the one writer thread only, with no key twice in a batch.
    /// </summary>
    /// <returns>With each outcome decided; rows that conflict are left out and do not hinder the others.</returns>
    /// <exception cref="CommitException">Nothing of the batch took effect, or that is not known: see its kind.</exception>
    void Commit(ReadOnlySpan<RowWrite> batch, Span<RowOutcome> outcomes);
}

/// <summary>A row as stored; the payload is null after a stock storage cleared the row without deleting it.</summary>
internal readonly record struct StoredRow(int? Version, byte[]? Payload);

/// <summary>What became of one write of a committed batch.</summary>
internal enum RowOutcome
{
    /// <summary>The row's version is not the expected one; nothing was written.</summary>
    Conflict,

    /// <summary>The write is durable.</summary>
    Applied,
}
