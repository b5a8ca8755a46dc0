using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Audrey.Storage.Keys;
using Microsoft.Extensions.Logging;

namespace Audrey.Storage.GroupCommit;

/// <summary>
/// The queue and the only writer of a database. When a commit ends, all waiting writes form the next batch. There is no timer, so a lone
/// write is committed immediately. The writer has its own thread, because a commit blocks on the disk or the network.
/// </summary>
internal sealed class CommitQueue : IAsyncDisposable
{
    /// <summary>The size at which a batch is complete, so that no commit is huge. A larger write forms a batch of its own.</summary>
    private const int MaxBatchBytes = 8 << 20;

    private readonly AudreyStorageOptions _options;
    private readonly BatchCommitter _committer;
    private readonly Channel<RowWrite> _queue;
    private readonly Task _writer;
    private readonly HashSet<RowKey> _keysInBatch = [];
    private RowWrite? _next;
    private long _queuedBytes;
    private volatile bool _stopping;

    public CommitQueue(ICommitEngine engine, AudreyStorageOptions options, TimeProvider timeProvider, ILogger logger)
    {
        _options = options;
        Health = new CommitHealth(timeProvider);
        _committer = new BatchCommitter(engine, Health, options.MaxBatch, timeProvider, logger);
        _queue = Channel.CreateBounded<RowWrite>(new BoundedChannelOptions(options.QueueCapacity) { SingleReader = true });
        _writer = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public CommitHealth Health { get; }

    public int Depth => _queue.Reader.Count;

    /// <summary>
    /// Accepts or refuses the write immediately. An accepted write is carried out even if the caller is cancelled or fails.
    /// </summary>
    /// <exception cref="StorageBusyException">The queue is full, or the storage is stopping.</exception>
    public Task<RowOutcome> EnqueueAsync(RowWrite write)
    {
        if (Interlocked.Add(ref _queuedBytes, write.Bytes) <= _options.QueueBytes && _queue.Writer.TryWrite(write)) return write.Completion;

        Interlocked.Add(ref _queuedBytes, -write.Bytes);
        throw new StorageBusyException(_stopping
            ? "The storage is stopping and accepts no more writes. Try again, at another server if there is one."
            : $"The write queue is full: {Depth} of at most {_options.QueueCapacity} writes wait. Try again a little later.");
    }

    /// <summary>Refuses further writes. The task completes when every accepted write is finished.</summary>
    public Task StopAsync()
    {
        _stopping = true;
        _queue.Writer.TryComplete();
        return _writer;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private void Run()
    {
        var batch = new List<RowWrite>(_options.MaxBatch);
        while (WaitForWrites())
        {
            Collect(batch);
            _committer.Commit(batch);
            batch.Clear();
        }
    }

    private bool WaitForWrites() => _next is not null || _queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult();

    // A batch never contains a key twice. A second write of a key waits for the next batch, so the writes of a key stay in order.
    private void Collect(List<RowWrite> batch)
    {
        _keysInBatch.Clear();
        var bytes = 0;
        while (batch.Count < _options.MaxBatch && bytes < MaxBatchBytes && TryTake(out var write))
        {
            if (!_keysInBatch.Add(write.Key))
            {
                _next = write;
                return;
            }

            batch.Add(write);
            bytes += write.Bytes;
            Interlocked.Add(ref _queuedBytes, -write.Bytes);
        }
    }

    private bool TryTake([NotNullWhen(true)] out RowWrite? write)
    {
        write = _next;
        _next = null;
        return write is not null || _queue.Reader.TryRead(out write);
    }
}
