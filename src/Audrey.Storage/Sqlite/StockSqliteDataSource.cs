using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Audrey.Storage.Sqlite;

/// <summary>
/// The connections of the stock ADO.NET storage. These connections are as durable as those of the group commit, and use the same writer
/// lock.
/// </summary>
internal sealed class StockSqliteDataSource(SqliteConnections connections, WriterLock writerLock) : DbDataSource
{
    public override string ConnectionString { get; } =
        new SqliteConnectionStringBuilder(connections.ConnectionString) { Pooling = true }.ToString();

    protected override DbConnection CreateDbConnection() => new LockingConnection(ConnectionString, connections, writerLock);

    private sealed class LockingConnection(string connectionString, SqliteConnections connections, WriterLock writerLock)
        : SqliteConnection(connectionString)
    {
        private bool _isLocked;

        public override void Open()
        {
            base.Open();
            connections.Prepare(this);
        }

        public override void Close()
        {
            base.Close();
            if (!_isLocked) return;
            _isLocked = false;
            writerLock.Release();
        }

        public override SqliteCommand CreateCommand() => new LockingCommand(this) { CommandTimeout = DefaultTimeout };

        protected override DbCommand CreateDbCommand() => CreateCommand();

        // The lock is held until the connection closes. The stock storage opens a connection for each operation, and a statement with
        // RETURNING holds the lock of SQLite until its reader is closed.
        public void Lock()
        {
            if (_isLocked) return;
            writerLock.Acquire();
            _isLocked = true;
        }
    }

    private sealed class LockingCommand(LockingConnection connection) : SqliteCommand(null, connection)
    {
        public override SqliteDataReader ExecuteReader(CommandBehavior behavior)
        {
            if (!BeginsWith("SELECT") && !BeginsWith("PRAGMA")) connection.Lock();
            return base.ExecuteReader(behavior);
        }

        private bool BeginsWith(string verb) => CommandText.AsSpan().TrimStart().StartsWith(verb, StringComparison.OrdinalIgnoreCase);
    }
}
