using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Audrey.Storage.Sqlite;

/// <summary>Opens connections with full durability to the SQLite file, which must exist.</summary>
internal sealed class SqliteConnections
{
    private readonly string _pragmas;

    public SqliteConnections(string path, TimeSpan busyTimeout, string extraPragmas = "")
    {
        Path = path;
        ConnectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = Math.Max(1, (int)busyTimeout.TotalSeconds),
        }.ToString();
        _pragmas = string.Create(
            CultureInfo.InvariantCulture,
            $"PRAGMA busy_timeout = {(int)busyTimeout.TotalMilliseconds}; PRAGMA synchronous = FULL; {extraPragmas}");
    }

    public string Path { get; }

    public string ConnectionString { get; }

    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(ConnectionString);
        try
        {
            connection.Open();
            Prepare(connection);
            return connection;
        }
        catch (SqliteException)
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Applies the settings that SQLite keeps per connection.</summary>
    public void Prepare(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = _pragmas;
        command.ExecuteNonQuery();
    }
}
