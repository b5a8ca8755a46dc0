using Audrey.Storage.Keys;

namespace Audrey.Storage.GroupCommit;

/// <summary>
/// Shares queries among reads. While a query runs, all further reads wait, and then share the next query. There is no timer, so a lone read
/// runs immediately. Each read sees every write that was committed before the read was called. The number of waiting reads is limited, and
/// the reads use one connection, so however many there are, they leave the other connections to the reads of activations.
/// </summary>
/// <param name="inner">The engine that reads and commits.</param>
internal sealed class SharedReads(ICommitEngine inner) : ICommitEngine
{
    /// <summary>The maximum number of rows in one query.</summary>
    public const int MaxBatch = 256;

    /// <summary>The maximum number of waiting reads. Further reads are refused.</summary>
    public const int MaxWaiting = 8192;

    private readonly Lock _lock = new();
    private readonly Queue<Read> _waiting = new();
    private bool _isReading;

    /// <exception cref="StorageBusyException">Too many reads wait.</exception>
    public async ValueTask<StoredRow?> ReadAsync(RowKey key, CancellationToken cancellationToken)
    {
        var read = new Read(key);
        lock (_lock)
        {
            if (_waiting.Count >= MaxWaiting)
                throw new StorageBusyException($"{_waiting.Count} reads wait, which is the limit. Try again a little later.");
            _waiting.Enqueue(read);
            if (!_isReading)
            {
                _isReading = true;

                // The queries must not run on the scheduler of the grain that happens to be first.
                _ = Task.Run(RunAsync, CancellationToken.None);
            }
        }

        return await read.Row.Task.WaitAsync(cancellationToken);
    }

    public ValueTask<StoredRow?[]> ReadManyAsync(IReadOnlyList<RowKey> keys, CancellationToken cancellationToken) =>
        inner.ReadManyAsync(keys, cancellationToken);

    public void Commit(ReadOnlySpan<RowWrite> batch, Span<RowOutcome> outcomes) => inner.Commit(batch, outcomes);

    /// <summary>Does nothing. The owner of the inner engine disposes of that engine.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task RunAsync()
    {
        while (TryTake(out var batch))
        {
            try
            {
                var rows = await inner.ReadManyAsync(Array.ConvertAll(batch, read => read.Key), CancellationToken.None);
                for (var i = 0; i < batch.Length; i++) batch[i].Row.SetResult(rows[i]);
            }
            catch (Exception exception)
            {
                foreach (var read in batch) read.Row.TrySetException(exception);
            }
        }
    }

    private bool TryTake(out Read[] batch)
    {
        lock (_lock)
        {
            batch = new Read[Math.Min(MaxBatch, _waiting.Count)];
            for (var i = 0; i < batch.Length; i++) batch[i] = _waiting.Dequeue();
            return _isReading = batch.Length > 0;
        }
    }

    private sealed record Read(RowKey Key)
    {
        public TaskCompletionSource<StoredRow?> Row { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
