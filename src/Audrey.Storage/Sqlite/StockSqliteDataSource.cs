using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Audrey.Storage.Sqlite;

/// <summary>
/// The connections that the stock ADO.NET storage gets: as durable as ours, and writing in turn with the group commit.
/// </summary>
internal sealed class StockSqliteDataSource(SqliteConnections connections, WriteGate gate) : DbDataSource
{
    public override string ConnectionString { get; } =
        new SqliteConnectionStringBuilder(connections.ConnectionString) { Pooling = true }.ToString();

    protected override DbConnection CreateDbConnection() => new TurnTakingConnection(ConnectionString, connections, gate);

    private sealed class TurnTakingConnection(string connectionString, SqliteConnections connections, WriteGate gate)
        : SqliteConnection(connectionString)
    {
        private bool _hasTurn;

        public override void Open()
        {
            base.Open();
            connections.Prepare(this);
        }

        public override void Close()
        {
            base.Close();
            if (!_hasTurn)
                return;
            _hasTurn = false;
            gate.Leave();
        }

        public override SqliteCommand CreateCommand() => new TurnTakingCommand(this) { CommandTimeout = DefaultTimeout };

        protected override DbCommand CreateDbCommand() => CreateCommand();

        // Kept until the connection closes: the stock storage opens one for each operation, and a statement with RETURNING
        // holds SQLite's lock until its reader is closed.
        public void TakeTurn()
        {
            if (_hasTurn)
                return;
            gate.Enter();
            _hasTurn = true;
        }
    }

    private sealed class TurnTakingCommand(TurnTakingConnection connection) : SqliteCommand(null, connection)
    {
        public override SqliteDataReader ExecuteReader(CommandBehavior behavior)
        {
            if (!BeginsWith("SELECT") && !BeginsWith("PRAGMA"))
                connection.TakeTurn();
            return base.ExecuteReader(behavior);
        }

        private bool BeginsWith(string verb) => CommandText.AsSpan().TrimStart().StartsWith(verb, StringComparison.OrdinalIgnoreCase);
    }
}
