using Audrey.Storage.GroupCommit;
using Audrey.Storage.Keys;
using Microsoft.Data.Sqlite;

namespace Audrey.Storage.Sqlite;

/// <summary>A connection for reads, with its prepared statement. Not thread-safe.</summary>
internal sealed class SqliteReader : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteRowCommand _select;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;

    public SqliteReader(SqliteConnection connection)
    {
        _connection = connection;
        _select = new SqliteRowCommand(connection, $"SELECT Version, PayloadBinary FROM OrleansStorage WHERE {SqliteRowCommand.Row}");
        (_begin, _commit) = (connection.CreateCommand(), connection.CreateCommand());
        (_begin.CommandText, _commit.CommandText) = ("BEGIN", "COMMIT");
    }

    public StoredRow? Read(RowKey key)
    {
        _select.Bind(key);
        using var reader = _select.Command.ExecuteReader();
        if (!reader.Read()) return null;
        return new StoredRow(
            reader.IsDBNull(0) ? null : reader.GetInt32(0),
            reader.IsDBNull(1) ? null : reader.GetFieldValue<byte[]>(1));
    }

    /// <summary>Reads many rows in one transaction. Without it, SQLite would lock the file for each row.</summary>
    public StoredRow?[] ReadMany(IReadOnlyList<RowKey> keys)
    {
        _begin.ExecuteNonQuery();
        try
        {
            var rows = new StoredRow?[keys.Count];
            for (var i = 0; i < rows.Length; i++) rows[i] = Read(keys[i]);
            return rows;
        }
        finally
        {
            // In an open transaction, later reads would see the rows of now.
            _commit.ExecuteNonQuery();
        }
    }

    public void Dispose()
    {
        _select.Dispose();
        _begin.Dispose();
        _commit.Dispose();
        _connection.Dispose();
    }
}
