using Audrey.Storage.Keys;

namespace Audrey.Storage.GroupCommit;

/// <summary>The health of the group commit. While commits fail, each check tries to commit a probe row.</summary>
internal sealed class GroupCommitHealth(CommitQueue queue, ICommitEngine engine, string serviceId) : IStorageHealth
{
    private static readonly byte[] ProbePayload = [0];

    /// <summary>A row that no grain can have: no grain state has zero hashes together with this type name.</summary>
    private readonly RowKey _probe = new(0, 0, 0, 0, "audrey.storage.probe", Environment.MachineName, serviceId);

    public async ValueTask<StorageHealth> CheckAsync(CancellationToken cancellationToken)
    {
        if (queue.Health.Failure is not null) await ProbeAsync(cancellationToken);
        return Snapshot();
    }

    // The outcome of the commit sets the health. A conflict with the probe of another process also shows that the database works.
    private async Task ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var stored = await engine.ReadAsync(_probe, cancellationToken);
            await queue.EnqueueAsync(RowWrite.Save(_probe, stored?.Version, ProbePayload)).WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is CommitException or StorageFailedException or StorageBusyException)
        {
            // The failure is not lost: Snapshot still reports the failure that caused this check.
        }
    }

    private StorageHealth Snapshot()
    {
        var failure = queue.Health.Failure;
        return new StorageHealth(failure is null, queue.Depth, queue.Capacity, failure);
    }
}
