using Audrey.Storage.GroupCommit;
using Npgsql;

namespace Audrey.Storage.PostgreSql;

/// <summary>The connection for writes, with its prepared statement. Used by the writer thread only.</summary>
internal sealed class PostgreSqlWriter : IDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly BatchStatement _statement;

    public PostgreSqlWriter(NpgsqlDataSource dataSource)
    {
        _connection = dataSource.OpenConnection();
        try
        {
            // The prepared plan must use the index from the start. A plan made while the table is small would scan the table, and would be
            // kept when the table has grown.
            using (var command = new NpgsqlCommand(
                "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off", _connection))
            {
                command.ExecuteNonQuery();
            }

            _statement = new BatchStatement(_connection);
        }
        catch (NpgsqlException)
        {
            _connection.Dispose();
            throw;
        }
    }

    public void Bind(ReadOnlySpan<RowWrite> batch) => _statement.Bind(batch);

    public void Execute(ReadOnlySpan<RowWrite> batch, Span<RowOutcome> outcomes) => _statement.Execute(batch, outcomes);

    public void Dispose()
    {
        _statement.Dispose();
        _connection.Dispose();
    }
}
