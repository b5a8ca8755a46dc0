using System.Threading.Channels;
using Audrey.Storage.GroupCommit;
using Audrey.Storage.Keys;
using Microsoft.Data.Sqlite;

namespace Audrey.Storage.Sqlite;

/// <summary>Group commit on one SQLite file, with one connection that writes and a small pool of connections that read (WAL).</summary>
internal sealed class SqliteCommitEngine : ICommitEngine
{
    private readonly SqliteConnections _connections;
    private readonly WriterLock _writerLock;
    private readonly Channel<SqliteReader?> _readers;
    private SqliteWriter? _writer;

    public SqliteCommitEngine(SqliteConnections connections, WriterLock writerLock, int readConnections)
    {
        _connections = connections;
        _writerLock = writerLock;
        _readers = Channel.CreateBounded<SqliteReader?>(readConnections);

        // Null represents a reader that is opened when it is first needed.
        for (var i = 0; i < readConnections; i++) _readers.Writer.TryWrite(null);
    }

    public ValueTask<StoredRow?> ReadAsync(RowKey key, CancellationToken cancellationToken) =>
        ReadAsync(key, static (reader, key) => reader.Read(key), cancellationToken);

    public ValueTask<StoredRow?[]> ReadManyAsync(IReadOnlyList<RowKey> keys, CancellationToken cancellationToken) =>
        ReadAsync(keys, static (reader, keys) => reader.ReadMany(keys), cancellationToken);

    public void Commit(ReadOnlySpan<RowWrite> batch, Span<RowOutcome> outcomes)
    {
        _writerLock.Acquire();
        try
        {
            CommitLocked(batch, outcomes);
        }
        finally
        {
            _writerLock.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _writer?.Dispose();
        _readers.Writer.TryComplete();
        await foreach (var reader in _readers.Reader.ReadAllAsync()) reader?.Dispose();
    }

    private async ValueTask<TResult> ReadAsync<TKey, TResult>(
        TKey key, Func<SqliteReader, TKey, TResult> read, CancellationToken cancellationToken)
    {
        var reader = await _readers.Reader.ReadAsync(cancellationToken);
        try
        {
            reader ??= new SqliteReader(_connections.Open());
            return read(reader, key);
        }
        catch (SqliteException exception)
        {
            reader?.Dispose();
            reader = null;
            throw SqliteErrors.Explain(exception, _connections.Path);
        }
        finally
        {
            if (!_readers.Writer.TryWrite(reader)) reader?.Dispose();
        }
    }

    private void CommitLocked(ReadOnlySpan<RowWrite> batch, Span<RowOutcome> outcomes)
    {
        var committing = false;
        try
        {
            _writer ??= new SqliteWriter(_connections.Open());
            _writer.Begin();
            for (var i = 0; i < batch.Length; i++) outcomes[i] = _writer.Apply(batch[i]);
            committing = true;
            _writer.Commit();
        }
        catch (Exception exception)
        {
            Abandon(reopen: committing);
            if (exception is SqliteException error) throw SqliteErrors.Explain(error, _connections.Path, committing);
            throw;
        }
    }

    private void Abandon(bool reopen)
    {
        try
        {
            _writer?.Rollback();
        }
        catch (SqliteException)
        {
            // The first error is reported. Closing the connection also ends the transaction.
            reopen = true;
        }

        if (!reopen) return;
        _writer?.Dispose();
        _writer = null;
    }
}
