using Audrey.Storage.GroupCommit;
using Audrey.Storage.Keys;
using Microsoft.Data.Sqlite;

namespace Audrey.Storage.Sqlite;

/// <summary>A connection for reads, with its prepared statement. Not thread-safe.</summary>
internal sealed class SqliteReader : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteRowCommand _select;

    public SqliteReader(SqliteConnection connection)
    {
        _connection = connection;
        _select = new SqliteRowCommand(connection, $"SELECT Version, PayloadBinary FROM OrleansStorage WHERE {SqliteRowCommand.Row}");
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

    public void Dispose()
    {
        _select.Dispose();
        _connection.Dispose();
    }
}
