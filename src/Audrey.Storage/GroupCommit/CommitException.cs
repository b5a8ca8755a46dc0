namespace Audrey.Storage.GroupCommit;

/// <summary>Why a batch was not committed.</summary>
internal enum CommitFailure
{
    /// <summary>The database takes nothing now (full disk, lost connection, lock). Nothing of the batch took effect.</summary>
    Unavailable,

    /// <summary>A row of the batch is not acceptable to the database. Nothing of the batch took effect.</summary>
    RowRejected,

    /// <summary>The connection broke while the batch was being committed: it took effect wholly or not at all.</summary>
    OutcomeUnknown,
}

internal sealed class CommitException(CommitFailure failure, string message, Exception innerException)
    : Exception(message, innerException)
{
    public CommitFailure Failure { get; } = failure;
}
