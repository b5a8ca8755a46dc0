using Audrey.Storage.GroupCommit;
using Audrey.Storage.Keys;
using Npgsql;

namespace Audrey.Storage.PostgreSql;

/// <summary>Group commit on a PostgreSQL database, with one connection that writes. Reads use the connection pool.</summary>
internal sealed class PostgreSqlCommitEngine(NpgsqlDataSource dataSource, string database) : ICommitEngine
{
    /// <summary>
    /// The number of attempts after deadlocks. Deadlocks are rare, because they need two silos that both hold activations of the same two
    /// grains.
    /// </summary>
    private const int TransientAttempts = 3;

    /// <summary>The time limit for a read of many rows, in seconds. The reads that come after it wait for it.</summary>
    private const int ReadManySeconds = 5;

    private const string Select = """
        SELECT Version, PayloadBinary FROM OrleansStorage
        WHERE GrainIdHash = $1 AND GrainTypeHash = $2 AND GrainIdN0 = $3 AND GrainIdN1 = $4
            AND GrainTypeString = $5 AND coalesce(GrainIdExtensionString, '') = $6 AND ServiceId = $7
        """;

    // The number of a key in the batch identifies its row. A key without a row has no row in the answer either.
    private const string SelectMany = """
        SELECT b.number, s.Version, s.PayloadBinary
        FROM unnest($1, $2, $3, $4, $5, $6, $7) WITH ORDINALITY AS b(hash, type_hash, n0, n1, type, extension, service, number)
        JOIN OrleansStorage AS s
            ON s.GrainIdHash = b.hash AND s.GrainTypeHash = b.type_hash AND s.GrainIdN0 = b.n0 AND s.GrainIdN1 = b.n1
            AND s.GrainTypeString = b.type AND coalesce(s.GrainIdExtensionString, '') = b.extension AND s.ServiceId = b.service
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
            return await reader.ReadAsync(cancellationToken) ? RowOf(reader, 0) : null;
        }
        catch (Exception exception) when (PostgreSqlErrors.IsExternal(exception))
        {
            throw PostgreSqlErrors.Explain(exception, database, sent: false);
        }
    }

    public async ValueTask<StoredRow?[]> ReadManyAsync(IReadOnlyList<RowKey> keys, CancellationToken cancellationToken)
    {
        try
        {
            var rows = new StoredRow?[keys.Count];
            await using var command = dataSource.CreateCommand(SelectMany);
            command.CommandTimeout = ReadManySeconds;
            Add(key => key.GrainIdHash);
            Add(key => key.GrainTypeHash);
            Add(key => key.GrainIdN0);
            Add(key => key.GrainIdN1);
            Add(key => key.GrainTypeString);
            Add(key => key.GrainIdExtensionString ?? "");
            Add(key => key.ServiceId);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) rows[reader.GetInt64(0) - 1] = RowOf(reader, 1);
            return rows;

            void Add<T>(Func<RowKey, T> column) =>
                command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. keys.Select(column)] });
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
            // The other transaction was preferred and has ended, so the batch is tried again.
        }
    }

    public ValueTask DisposeAsync()
    {
        _writer?.Dispose();
        return ValueTask.CompletedTask;
    }

    private static StoredRow RowOf(NpgsqlDataReader reader, int column) => new(
        reader.IsDBNull(column) ? null : reader.GetInt32(column),
        reader.IsDBNull(column + 1) ? null : reader.GetFieldValue<byte[]>(column + 1));

    /// <returns>False if the transaction was aborted in favour of another transaction, and <paramref name="mayFail"/> is true.</returns>
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
