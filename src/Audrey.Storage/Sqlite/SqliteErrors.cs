using Audrey.Storage.GroupCommit;
using Microsoft.Data.Sqlite;

namespace Audrey.Storage.Sqlite;

/// <summary>Classifies SQLite errors, and describes them in messages that name the file and the remedy.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int IoError = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int TooBig = 18;
    private const int Constraint = 19;
    private const int Mismatch = 20;
    private const int NotADatabase = 26;

    public static CommitException Explain(SqliteException exception, string path, bool whileCommitting = false)
    {
        var failure = exception.SqliteErrorCode switch
        {
            TooBig or Constraint or Mismatch => CommitFailure.RowRejected,
            // The transaction may already be in the write-ahead log when the error occurs.
            IoError when whileCommitting => CommitFailure.OutcomeUnknown,
            _ => CommitFailure.Unavailable,
        };
        return new CommitException(failure, Describe(exception, path), exception);
    }

    public static bool IsDamage(SqliteException exception) => exception.SqliteErrorCode is Corrupt or NotADatabase;

    public static string Describe(SqliteException exception, string path) => exception.SqliteErrorCode switch
    {
        Full => $"The disk that holds '{path}' is full. Free some space.",
        Busy or Locked => $"Another program holds a lock on '{path}'. End that program, or wait until it has finished.",
        ReadOnly or CannotOpen => $"'{path}' cannot be opened for writing. Check its owner, its mode and the mount.",
        Corrupt or NotADatabase => DescribeDamage(path),
        IoError => $"The disk that holds '{path}' reports an error ({exception.SqliteExtendedErrorCode}). Check the disk.",
        _ => $"SQLite error {exception.SqliteExtendedErrorCode} on '{path}': {exception.Message}",
    };

    public static string DescribeDamage(string path) =>
        $"'{path}' is damaged or is not an SQLite database. Stop the server, move the file away together with '{path}-wal' and "
        + $"'{path}-shm', and restore a backup. 'sqlite3 {path} .recover' may save the remaining data.";
}
