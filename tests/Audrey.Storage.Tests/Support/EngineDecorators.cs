using Audrey.Storage.GroupCommit;
using Audrey.Storage.Keys;

namespace Audrey.Storage.Tests.Support;

internal abstract class EngineDecorator(ICommitEngine inner) : ICommitEngine
{
    public virtual ValueTask<StoredRow?> ReadAsync(RowKey key, CancellationToken cancellationToken) =>
        inner.ReadAsync(key, cancellationToken);

    public virtual void Commit(ReadOnlySpan<RowWrite> batch, Span<RowOutcome> outcomes) => inner.Commit(batch, outcomes);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}

/// <summary>Holds the writer back until it is released, so that a test decides what a batch is made of.</summary>
internal sealed class HeldEngine(ICommitEngine inner) : EngineDecorator(inner)
{
    private readonly ManualResetEventSlim _released = new();
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<int> BatchSizes { get; } = [];

    /// <summary>The writer has taken its first batch and waits.</summary>
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

/// <summary>Loses the connection during commits, before or after they take effect.</summary>
internal sealed class LossyEngine(ICommitEngine inner) : EngineDecorator(inner)
{
    /// <summary>What happens to the next commits: true to take effect before the loss, false to be lost whole.</summary>
    public Queue<bool> Losses { get; } = new();

    /// <summary>Runs once, right after a loss.</summary>
    public Action? Meanwhile { get; set; }

    public override void Commit(ReadOnlySpan<RowWrite> batch, Span<RowOutcome> outcomes)
    {
        if (!Losses.TryDequeue(out var takesEffect))
        {
            base.Commit(batch, outcomes);
            return;
        }

        if (takesEffect)
            base.Commit(batch, outcomes);
        Meanwhile?.Invoke();
        Meanwhile = null;
        throw new CommitException(CommitFailure.OutcomeUnknown, "The connection was lost.", new IOException("lost"));
    }
}
