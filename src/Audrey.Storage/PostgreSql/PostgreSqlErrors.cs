using System.Net.Sockets;
using Audrey.Storage.GroupCommit;
using Npgsql;

namespace Audrey.Storage.PostgreSql;

/// <summary>Classifies PostgreSQL errors, and describes them in messages that name the database but never the password.</summary>
internal static class PostgreSqlErrors
{
    /// <param name="exception">The error.</param>
    /// <param name="database">The description of the database for the message.</param>
    /// <param name="sent">Whether the batch had been sent when the error occurred.</param>
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

    /// <summary>Returns whether the database or the network caused the exception, and not a defect of this program.</summary>
    public static bool IsExternal(Exception exception) =>
        exception is NpgsqlException or SocketException or IOException or TimeoutException;

    /// <summary>
    /// Returns whether the transaction was aborted in favour of another transaction. An aborted transaction can be retried immediately.
    /// </summary>
    public static bool IsTransient(Exception exception) => exception is PostgresException
    {
        SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure,
    };

    public static string Describe(Exception exception, string database) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } =>
            $"The disk of {database} is full. Free some space there.",
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
            $"{database} refuses the user or the password. Check Storage:ConnectionString and pg_hba.conf.",
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
            $"{database} does not exist. Create it with createdb, or correct Storage:ConnectionString.",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } error =>
            $"The user has no permission on {database}: {error.MessageText}.",
        PostgresException { SqlState: PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.ConfigurationLimitExceeded } =>
            $"{database} has no connection left. Lower Audrey:Storage:MaxConnections of its servers, or raise max_connections there.",
        PostgresException error => $"{database} reports {error.SqlState}: {error.MessageText}.",
        _ when ServerCertificate.IsRefusal(exception) => DescribeRefusal(database, exception.InnerException!.Message),
        _ => $"{database} cannot be reached ({exception.InnerException?.Message ?? exception.Message}). Start it, or correct "
            + "Storage:ConnectionString.",
    };

    /// <summary>Returns the message that says why the server's certificate was refused.</summary>
    public static string DescribeRefusal(string database, string cause) =>
        $"No TLS connection to {database} can be made: {cause.TrimEnd('.')}. Correct 'Host' or 'Root Certificate' in "
        + "Storage:ConnectionString, or give the database another certificate.";

    // Class 57P: the server ends the session. This can happen between the commit and the confirmation of the commit.
    private static bool IsShutdown(PostgresException error) => error.SqlState.StartsWith("57P", StringComparison.Ordinal);

    // Class 22 is for data, 23 for constraints, and 54 for limits such as the size of an index entry.
    private static bool IsRowFault(PostgresException error) =>
        error.SqlState[..2] is "22" or "23" or "54";
}
