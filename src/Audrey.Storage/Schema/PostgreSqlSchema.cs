using Npgsql;

namespace Audrey.Storage.Schema;

/// <summary>
/// Brings the schema of a PostgreSQL database up to date in one transaction. Several silos can do this concurrently.
/// </summary>
internal static class PostgreSqlSchema
{
    /// <summary>The key of the advisory lock, "Audrey" in ASCII. No other program uses this key.</summary>
    private const long AdvisoryLock = 0x417564726579;

    public static async Task EnsureCreatedAsync(NpgsqlConnection connection, string database, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({AdvisoryLock})", cancellationToken);
        await ExecuteAsync(connection, SchemaScripts.CreateVersionTable, cancellationToken);
        var version = await ReadVersionAsync(connection, cancellationToken);
        foreach (var script in SchemaScripts.FromVersion(version, SchemaScripts.PostgreSql, database))
            await ExecuteAsync(connection, script, cancellationToken);
        if (version < SchemaScripts.PostgreSql.Count)
        {
            await using var command = new NpgsqlCommand(SchemaScripts.WriteVersion, connection);
            command.Parameters.AddWithValue("version", SchemaScripts.PostgreSql.Count);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<int> ReadVersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(SchemaScripts.ReadVersion, connection);
        return (int?)await command.ExecuteScalarAsync(cancellationToken) ?? 0;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
