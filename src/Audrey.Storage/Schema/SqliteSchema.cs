using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Audrey.Storage.Schema;

/// <summary>Brings the schema of an SQLite file up to date in one transaction.</summary>
internal static class SqliteSchema
{
    public static void EnsureCreated(SqliteConnection connection, string path)
    {
        // The file keeps this journal mode. Readers continue while the writer commits, and a commit costs one fsync.
        Execute(connection, null, "PRAGMA journal_mode = WAL");

        using var transaction = connection.BeginTransaction(deferred: false);
        Execute(connection, transaction, SchemaScripts.CreateVersionTable);
        var version = ReadVersion(connection, transaction);
        foreach (var script in SchemaScripts.FromVersion(version, SchemaScripts.Sqlite, $"'{path}'"))
            Execute(connection, transaction, script);
        if (version < SchemaScripts.Sqlite.Count)
            Execute(connection, transaction, SchemaScripts.WriteVersion, ("@version", SchemaScripts.Sqlite.Count));
        transaction.Commit();
    }

    private static int ReadVersion(SqliteConnection connection, SqliteTransaction transaction)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = SchemaScripts.ReadVersion;
        return Convert.ToInt32(command.ExecuteScalar() ?? 0, CultureInfo.InvariantCulture);
    }

    private static void Execute(
        SqliteConnection connection,
        SqliteTransaction? transaction,
        string sql,
        params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        command.ExecuteNonQuery();
    }
}
