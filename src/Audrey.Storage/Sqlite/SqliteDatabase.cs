using System.Data.Common;
using Audrey.Hosting.Files;
using Audrey.Storage.GroupCommit;
using Audrey.Storage.Schema;
using Microsoft.Data.Sqlite;

namespace Audrey.Storage.Sqlite;

/// <summary>The SQLite file of a data directory, which belongs to one server process at a time.</summary>
internal sealed class SqliteDatabase : StorageDatabase
{
    public const string FileName = "audrey.db";

    /// <summary>The suffixes of the files that SQLite creates beside the database.</summary>
    private static readonly string[] Companions = ["-wal", "-shm", "-journal"];

    private readonly AudreyStorageOptions _options;
    private readonly SqliteConnections _connections;
    private readonly WriterLock _writerLock = new();
    private readonly StockSqliteDataSource _stock;
    private DataDirectoryLock? _lock;

    public SqliteDatabase(AudreyStorageOptions options)
    {
        _options = options;
        _connections = new SqliteConnections(Path.Combine(Path.GetFullPath(options.DataDirectory), FileName), options.BusyTimeout);
        _stock = new StockSqliteDataSource(_connections, _writerLock);
    }

    public override string Name => $"'{_connections.Path}'";

    public override string StockInvariant => "System.Data.SQLite";

    public override DbDataSource StockDataSource => _stock;

    public override ICommitEngine CreateEngine() => new SqliteCommitEngine(_connections, _writerLock, _options.ReadConnections);

    public override Task OpenAsync(CancellationToken cancellationToken)
    {
        _lock = DataDirectoryLock.Take(_options.DataDirectory);
        Start(connection =>
        {
            if (_options.CheckAtStart) Check(connection);
            SqliteSchema.EnsureCreated(connection, _connections.Path);
        });
        return Task.CompletedTask;
    }

    public override Task EnsureSchemaAsync(CancellationToken cancellationToken)
    {
        DataDirectoryLock.EnsureDirectory(_options.DataDirectory);
        Start(connection => SqliteSchema.EnsureCreated(connection, _connections.Path));
        return Task.CompletedTask;
    }

    public override Task<bool> IsEmptyAsync(CancellationToken cancellationToken)
    {
        var isEmpty = false;
        Start(connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = AnyRow;
            isEmpty = command.ExecuteScalar() is null;
        });
        return Task.FromResult(isEmpty);
    }

    public override ValueTask DisposeAsync()
    {
        // The pooled connections of the stock storage would keep the file open after the lock is released.
        using (var pooled = new SqliteConnection(_stock.ConnectionString)) SqliteConnection.ClearPool(pooled);
        _stock.Dispose();
        _lock?.Dispose();
        _writerLock.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Start(Action<SqliteConnection> action)
    {
        try
        {
            KeepToOwner();
            using var connection = _connections.Open();
            action(connection);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw DataDirectoryLock.Unwritable(_options.DataDirectory, exception);
        }
        catch (SqliteException exception)
        {
            throw new StorageStartException(SqliteErrors.Describe(exception, _connections.Path), exception);
        }
    }

    // When SQLite creates further files later, it gives them the mode of the database file.
    private void KeepToOwner()
    {
        OwnerOnlyFiles.Ensure(_connections.Path);
        foreach (var ending in Companions) OwnerOnlyFiles.Restrict(_connections.Path + ending);
    }

    private void Check(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        if (command.ExecuteScalar() is not "ok") throw new StorageStartException(SqliteErrors.DescribeDamage(_connections.Path));
    }
}
