using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Audrey.Benchmarks.Storage;

/// <summary>Upserts one row in each transaction into a plain table, with the minimum of work in the database.</summary>
internal interface IRawUpsert : IAsyncDisposable
{
    Task WriteAsync(int writer);
}

internal static class RawTable
{
    public const string Upsert =
        "INSERT INTO Raw (Id, Payload) VALUES (@id, @payload) ON CONFLICT (Id) DO UPDATE SET Payload = excluded.Payload";

    private static long s_count;

    /// <summary>Returns a payload that differs from the previous one, because SQLite does not write an unchanged page.</summary>
    public static byte[] NextPayload()
    {
        var payload = new byte[158];
        BinaryPrimitives.WriteInt64LittleEndian(payload, Interlocked.Increment(ref s_count));
        return payload;
    }
}

internal sealed class SqliteRawUpsert : IRawUpsert
{
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _upsert;

    private SqliteRawUpsert(SqliteConnection connection)
    {
        _connection = connection;
        _upsert = connection.CreateCommand();
        _upsert.CommandText = RawTable.Upsert;
        _upsert.Parameters.Add(new SqliteParameter("@id", SqliteType.Integer));
        _upsert.Parameters.Add(new SqliteParameter("@payload", SqliteType.Blob));
    }

    public static async Task<SqliteRawUpsert> OpenAsync(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
            CREATE TABLE Raw (Id INTEGER PRIMARY KEY, Payload BLOB)
            """;
        await command.ExecuteNonQueryAsync();
        return new SqliteRawUpsert(connection);
    }

    // SQLite allows one writer at a time. Writers that do not share a transaction must wait for each other.
    public async Task WriteAsync(int writer)
    {
        await _writing.WaitAsync();
        try
        {
            _upsert.Parameters[0].Value = writer;
            _upsert.Parameters[1].Value = RawTable.NextPayload();
            _upsert.ExecuteNonQuery();
        }
        finally
        {
            _writing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _upsert.DisposeAsync();
        await _connection.DisposeAsync();
        _writing.Dispose();
    }
}

internal sealed class PostgreSqlRawUpsert : IRawUpsert
{
    private readonly NpgsqlDataSource _dataSource;

    private PostgreSqlRawUpsert(NpgsqlDataSource dataSource) => _dataSource = dataSource;

    public static async Task<PostgreSqlRawUpsert> OpenAsync(string connectionString)
    {
        var dataSource = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = 10, AutoPrepareMinUsages = 2 }.ToString());
        await using var command = dataSource.CreateCommand("CREATE TABLE Raw (Id integer PRIMARY KEY, Payload bytea)");
        await command.ExecuteNonQueryAsync();
        return new PostgreSqlRawUpsert(dataSource);
    }

    public async Task WriteAsync(int writer)
    {
        await using var command = _dataSource.CreateCommand(RawTable.Upsert);
        command.Parameters.AddWithValue("id", writer);
        command.Parameters.AddWithValue("payload", RawTable.NextPayload());
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => _dataSource.DisposeAsync();
}
