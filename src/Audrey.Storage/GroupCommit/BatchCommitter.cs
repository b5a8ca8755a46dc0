using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Audrey.Storage.GroupCommit;

/// <summary>
/// Commits batches and completes each of their writes. A write is reported as applied only once it is durable.
/// </summary>
internal sealed partial class BatchCommitter(
    ICommitEngine engine,
    CommitHealth health,
    int maxBatch,
    TimeProvider timeProvider,
    ILogger logger)
{
    /// <summary>The delays before the attempts to resolve an unknown outcome. The sum of the delays is 2.1 s.</summary>
    private static readonly TimeSpan[] ResolveDelays = [.. new[] { 0, 100, 500, 1500 }.Select(ms => TimeSpan.FromMilliseconds(ms))];

    private readonly RowOutcome[] _outcomes = new RowOutcome[maxBatch];

    public void Commit(List<RowWrite> batch) => Commit(CollectionsMarshal.AsSpan(batch));

    private void Commit(ReadOnlySpan<RowWrite> batch)
    {
        var outcomes = _outcomes.AsSpan(0, batch.Length);
        try
        {
            engine.Commit(batch, outcomes);
        }
        catch (CommitException exception) when (exception.Failure == CommitFailure.OutcomeUnknown)
        {
            LogOutcomeUnknown(logger, exception, batch.Length);
            Resolve(batch, exception);
            return;
        }
        catch (CommitException exception) when (exception.Failure == CommitFailure.RowRejected && batch.Length > 1)
        {
            // Splitting the batch in halves finds the one bad row in few commits. The other rows still share commits.
            Commit(batch[..(batch.Length / 2)]);
            Commit(batch[(batch.Length / 2)..]);
            return;
        }
        catch (Exception exception)
        {
            Fail(batch, exception);
            return;
        }

        Complete(batch, outcomes);
    }

    /// <summary>
    /// Commits the batch once more. If the first attempt took effect, its rows now conflict, and reading them back shows that they were
    /// written. If the first attempt is still running in the database, the second attempt waits for the row locks of the first.
    /// </summary>
    private void Resolve(ReadOnlySpan<RowWrite> batch, CommitException cause)
    {
        var outcomes = _outcomes.AsSpan(0, batch.Length);
        foreach (var delay in ResolveDelays)
        {
            try
            {
                if (delay > TimeSpan.Zero) Task.Delay(delay, timeProvider).GetAwaiter().GetResult();
                engine.Commit(batch, outcomes);
                AcknowledgeEffects(batch, outcomes);
            }
            catch (CommitException exception) when (exception.Failure == CommitFailure.RowRejected && batch.Length > 1)
            {
                Resolve(batch[..(batch.Length / 2)], cause);
                Resolve(batch[(batch.Length / 2)..], cause);
                return;
            }
            catch (CommitException exception) when (exception.Failure != CommitFailure.RowRejected)
            {
                cause = exception;
                continue;
            }
            catch (Exception exception)
            {
                Fail(batch, exception);
                return;
            }

            Complete(batch, outcomes);
            return;
        }

        Fail(batch, new CommitException(
            CommitFailure.OutcomeUnknown,
            $"{cause.Message} It is not known whether the write took effect. Read the state again before writing it.",
            cause));
    }

    private void AcknowledgeEffects(ReadOnlySpan<RowWrite> batch, Span<RowOutcome> outcomes)
    {
        for (var i = 0; i < batch.Length; i++)
        {
            if (outcomes[i] == RowOutcome.Conflict
                && batch[i].HasTakenEffect(engine.ReadAsync(batch[i].Key, CancellationToken.None).AsTask().GetAwaiter().GetResult()))
            {
                outcomes[i] = RowOutcome.Applied;
            }
        }
    }

    private void Complete(ReadOnlySpan<RowWrite> batch, ReadOnlySpan<RowOutcome> outcomes)
    {
        if (health.RecordSuccess()) LogRecovered(logger);
        for (var i = 0; i < batch.Length; i++) batch[i].Complete(outcomes[i]);
    }

    private void Fail(ReadOnlySpan<RowWrite> batch, Exception exception)
    {
        // A row that the database refuses does not mean that the database is unhealthy.
        if (exception is not CommitException { Failure: CommitFailure.RowRejected }) health.RecordFailure(exception.Message);
        LogFailed(logger, exception, batch.Length);
        foreach (var write in batch) write.Fail(new StorageFailedException(exception.Message, exception));
    }
}
