using Audrey.Storage.GroupCommit;
using Microsoft.Data.Sqlite;

namespace Audrey.Storage.Sqlite;

/// <summary>The connection for writes, with its prepared statements. Used by the writer thread only.</summary>
internal sealed class SqliteWriter : IDisposable
{
    /// <summary>The size of the page cache, in KiB.</summary>
    private const int CacheKib = 32 * 1024;

    /// <summary>The number of pages (4 KiB each) in the write-ahead log at which SQLite moves them into the database.</summary>
    private const int CheckpointPages = 8192;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _rollback;
    private readonly SqliteRowCommand _insert;
    private readonly SqliteParameter _insertPayload;
    private readonly SqliteRowCommand _update;
    private readonly SqliteParameter _updatePayload;
    private readonly SqliteParameter _updateVersion;
    private readonly SqliteRowCommand _delete;
    private readonly SqliteParameter _deleteVersion;

    public SqliteWriter(SqliteConnection connection)
    {
        _connection = connection;

        // Rows are rewritten often. With rare checkpoints, most versions of a row are never moved into the database.
        using (var settings = CreateCommand($"PRAGMA cache_size = -{CacheKib}; PRAGMA wal_autocheckpoint = {CheckpointPages}"))
            settings.ExecuteNonQuery();
        _begin = CreateCommand("BEGIN IMMEDIATE");
        _commit = CreateCommand("COMMIT");
        _rollback = CreateCommand("ROLLBACK");

        _insert = new SqliteRowCommand(connection, """
            INSERT INTO OrleansStorage (GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString,
                GrainIdExtensionString, ServiceId, PayloadBinary, ModifiedOn, Version)
            VALUES (@hash, @n0, @n1, @typeHash, @type, @extension, @service, @payload, datetime('now'), 1)
            ON CONFLICT DO NOTHING
            """);
        _insertPayload = _insert.Add("@payload");

        _update = new SqliteRowCommand(connection, $"""
            UPDATE OrleansStorage SET PayloadBinary = @payload, ModifiedOn = datetime('now'), Version = Version + 1
            WHERE {SqliteRowCommand.Row} AND Version = @version
            """);
        _updatePayload = _update.Add("@payload");
        _updateVersion = _update.Add("@version");

        _delete = new SqliteRowCommand(connection, $"DELETE FROM OrleansStorage WHERE {SqliteRowCommand.Row} AND Version = @version");
        _deleteVersion = _delete.Add("@version");
    }

    public void Begin() => _begin.ExecuteNonQuery();

    public void Commit() => _commit.ExecuteNonQuery();

    public RowOutcome Apply(RowWrite write) => Execute(write) == 1 ? RowOutcome.Applied : RowOutcome.Conflict;

    /// <summary>
    /// Rolls back the open transaction, if there is one. SQLite itself ends the transaction on some errors, such as a full disk.
    /// </summary>
    public void Rollback()
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0) _rollback.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
        _insert.Dispose();
        _update.Dispose();
        _delete.Dispose();
        _connection.Dispose();
    }

    private int Execute(RowWrite write)
    {
        if (write.Payload is null)
        {
            _delete.Bind(write.Key);
            _deleteVersion.Value = write.ExpectedVersion!.Value;
            return _delete.Command.ExecuteNonQuery();
        }

        if (write.ExpectedVersion is { } version)
        {
            _update.Bind(write.Key);
            _updatePayload.Value = write.Payload;
            _updateVersion.Value = version;
            return _update.Command.ExecuteNonQuery();
        }

        _insert.Bind(write.Key);
        _insertPayload.Value = write.Payload;
        return _insert.Command.ExecuteNonQuery();
    }

    private SqliteCommand CreateCommand(string sql)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }
}
