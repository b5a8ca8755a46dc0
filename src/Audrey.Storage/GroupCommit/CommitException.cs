namespace Audrey.Storage.GroupCommit;

/// <summary>The reasons why a batch was not committed.</summary>
internal enum CommitFailure
{
    /// <summary>The database accepts no writes now (full disk, lost connection, lock). No write of the batch took effect.</summary>
    Unavailable,

    /// <summary>The database refuses a row of the batch. No write of the batch took effect.</summary>
    RowRejected,

    /// <summary>The connection broke during the commit. Either the whole batch took effect or no part of it did.</summary>
    OutcomeUnknown,
}

internal sealed class CommitException(CommitFailure failure, string message, Exception innerException)
    : Exception(message, innerException)
{
    public CommitFailure Failure { get; } = failure;
}
