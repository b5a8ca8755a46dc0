using Audrey.Storage.GroupCommit;
using Audrey.Storage.Keys;

namespace Audrey.Storage.Tests.Support;

internal abstract class EngineDecorator(ICommitEngine inner) : ICommitEngine
{
    public virtual ValueTask<StoredRow?> ReadAsync(RowKey key, CancellationToken cancellationToken) =>
        inner.ReadAsync(key, cancellationToken);

    public virtual ValueTask<StoredRow?[]> ReadManyAsync(IReadOnlyList<RowKey> keys, CancellationToken cancellationToken) =>
        inner.ReadManyAsync(keys, cancellationToken);

    public virtual void Commit(ReadOnlySpan<RowWrite> batch, Span<RowOutcome> outcomes) => inner.Commit(batch, outcomes);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}

/// <summary>Blocks the writer until the test releases it, so that the test controls which writes form a batch.</summary>
internal sealed class HeldEngine(ICommitEngine inner) : EngineDecorator(inner)
{
    private readonly ManualResetEventSlim _released = new();
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<int> BatchSizes { get; } = [];

    /// <summary>Completes when the writer has received its first batch and is blocked.</summary>
    public Task Reached => _reached.Task;

    public void Release() => _released.Set();

    public override void Commit(ReadOnlySpan<RowWrite> batch, Span<RowOutcome> outcomes)
    {
        _reached.TrySetResult();
        _released.Wait();
        BatchSizes.Add(batch.Length);
        base.Commit(batch, outcomes);
    }
}

/// <summary>Loses the connection during commits, either before or after the batch takes effect.</summary>
internal sealed class LossyEngine(ICommitEngine inner) : EngineDecorator(inner)
{
    /// <summary>
    /// One entry for each of the next commits. True if the batch takes effect before the connection is lost, false if it does not.
    /// </summary>
    public Queue<bool> Losses { get; } = new();

    /// <summary>Called once, immediately after the connection is lost.</summary>
    public Action? Meanwhile { get; set; }

    public override void Commit(ReadOnlySpan<RowWrite> batch, Span<RowOutcome> outcomes)
    {
        if (!Losses.TryDequeue(out var takesEffect))
        {
            base.Commit(batch, outcomes);
            return;
        }

        if (takesEffect) base.Commit(batch, outcomes);
        Meanwhile?.Invoke();
        Meanwhile = null;
        throw new CommitException(CommitFailure.OutcomeUnknown, "The connection was lost.", new IOException("lost"));
    }
}

/// <summary>Holds the shared queries until the test releases them, so that the test controls which reads share a query.</summary>
internal sealed class HeldReads(ICommitEngine inner) : EngineDecorator(inner)
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<int> BatchSizes { get; } = [];

    /// <summary>Completes when the first query is held.</summary>
    public Task Reached => _reached.Task;

    /// <summary>The error of the first query, if it fails.</summary>
    public Exception? Failure { get; set; }

    public void Release() => _released.SetResult();

    public override async ValueTask<StoredRow?[]> ReadManyAsync(IReadOnlyList<RowKey> keys, CancellationToken cancellationToken)
    {
        BatchSizes.Add(keys.Count);
        _reached.TrySetResult();
        await _released.Task;
        if (Failure is not { } failure) return await base.ReadManyAsync(keys, cancellationToken);
        Failure = null;
        throw failure;
    }
}
