using Audrey.Storage.GroupCommit;
using Audrey.Storage.Keys;
using Npgsql;

namespace Audrey.Storage.PostgreSql;

/// <summary>Group commit on a PostgreSQL database, with one connection that writes. Reads use the connection pool.</summary>
internal sealed class PostgreSqlCommitEngine(NpgsqlDataSource dataSource, string database) : ICommitEngine
{
    /// <summary>Deadlocks are rare: they need two silos that both hold activations of the same two grains.</summary>
    private const int TransientAttempts = 3;

    private const string Select = """
        SELECT Version, PayloadBinary FROM OrleansStorage
        WHERE GrainIdHash = $1 AND GrainTypeHash = $2 AND GrainIdN0 = $3 AND GrainIdN1 = $4
            AND GrainTypeString = $5 AND coalesce(GrainIdExtensionString, '') = $6 AND ServiceId = $7
        """;

    private PostgreSqlWriter? _writer;

    public async ValueTask<StoredRow?> ReadAsync(RowKey key, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = dataSource.CreateCommand(Select);
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = key.GrainIdHash });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = key.GrainTypeHash });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = key.GrainIdN0 });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = key.GrainIdN1 });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key.GrainTypeString });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key.GrainIdExtensionString ?? "" });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key.ServiceId });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken)) return null;
            return new StoredRow(
                reader.IsDBNull(0) ? null : reader.GetInt32(0),
                reader.IsDBNull(1) ? null : reader.GetFieldValue<byte[]>(1));
        }
        catch (Exception exception) when (PostgreSqlErrors.IsExternal(exception))
        {
            throw PostgreSqlErrors.Explain(exception, database, sent: false);
        }
    }

    public void Commit(ReadOnlySpan<RowWrite> batch, Span<RowOutcome> outcomes)
    {
        for (var attempt = 1; !TryCommit(batch, outcomes, mayFail: attempt < TransientAttempts); attempt++)
        {
            // The other transaction has won and has ended.
        }
    }

    public ValueTask DisposeAsync()
    {
        _writer?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <returns>False if the transaction was aborted in favour of another one, and <paramref name="mayFail"/> is true.</returns>
    private bool TryCommit(ReadOnlySpan<RowWrite> batch, Span<RowOutcome> outcomes, bool mayFail)
    {
        var sent = false;
        try
        {
            _writer ??= new PostgreSqlWriter(dataSource);
            _writer.Bind(batch);
            sent = true;
            _writer.Execute(batch, outcomes);
            return true;
        }
        catch (PostgresException exception) when (mayFail && PostgreSqlErrors.IsTransient(exception))
        {
            return false;
        }
        catch (Exception exception) when (PostgreSqlErrors.IsExternal(exception))
        {
            var failure = PostgreSqlErrors.Explain(exception, database, sent);
            if (failure.Failure != CommitFailure.RowRejected) Disconnect();
            throw failure;
        }
    }

    private void Disconnect()
    {
        _writer?.Dispose();
        _writer = null;
    }
}
