using System.Net.Sockets;
using Audrey.Storage.GroupCommit;
using Npgsql;

namespace Audrey.Storage.PostgreSql;

/// <summary>Says what a PostgreSQL error means for the batch, and in words that name the database, never the password.</summary>
internal static class PostgreSqlErrors
{
    // "sent": whether the batch had been sent when the error struck.
    public static CommitException Explain(Exception exception, string database, bool sent)
    {
        var failure = exception switch
        {
            PostgresException error when IsShutdown(error) => sent ? CommitFailure.OutcomeUnknown : CommitFailure.Unavailable,
            PostgresException error => IsRowFault(error) ? CommitFailure.RowRejected : CommitFailure.Unavailable,
            _ => sent ? CommitFailure.OutcomeUnknown : CommitFailure.Unavailable,
        };
        return new CommitException(failure, Describe(exception, database), exception);
    }

    /// <summary>Whether the exception is the database's or the network's, and not a fault of this program.</summary>
    public static bool IsExternal(Exception exception) =>
        exception is NpgsqlException or SocketException or IOException or TimeoutException;

    /// <summary>Whether the transaction gave way to another one, so that it may be tried again at once.</summary>
    public static bool IsTransient(Exception exception) => exception is PostgresException
    {
        SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure,
    };

    public static string Describe(Exception exception, string database) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } =>
            $"The disk of {database} is full; free some space there.",
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
            $"{database} refuses the user or the password; check Storage:ConnectionString and pg_hba.conf.",
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
            $"{database} does not exist; create it (createdb), or correct Storage:ConnectionString.",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } error =>
            $"{database} denies the user a right: {error.MessageText}.",
        PostgresException error => $"{database} reports {error.SqlState}: {error.MessageText}.",
        _ => $"{database} cannot be reached ({exception.InnerException?.Message ?? exception.Message}). Start it, or correct "
            + "Storage:ConnectionString.",
    };

    // Class 57P: the server ends the session, which it may do between committing and saying so.
    private static bool IsShutdown(PostgresException error) => error.SqlState.StartsWith("57P", StringComparison.Ordinal);

    // Classes 22 and 23: data and constraints; 54: a limit, such as the size of an index entry.
    private static bool IsRowFault(PostgresException error) =>
        error.SqlState[..2] is "22" or "23" or "54";
}
