using Audrey.Storage.Keys;

namespace Audrey.Storage.GroupCommit;

/// <summary>Health of the group commit. While commits fail, each check tries one with a row of its own.</summary>
internal sealed class GroupCommitHealth(CommitQueue queue, ICommitEngine engine, string serviceId) : IStorageHealth
{
    private static readonly byte[] ProbePayload = [0];

    /// <summary>A row that no grain can have: grain states have no empty type hash and name at once.</summary>
    private readonly RowKey _probe = new(0, 0, 0, 0, "audrey.storage.probe", Environment.MachineName, serviceId);

    public async ValueTask<StorageHealth> CheckAsync(CancellationToken cancellationToken)
    {
        if (queue.Health.Failure is not null)
            await ProbeAsync(cancellationToken);
        return Snapshot();
    }

    // The outcome of the commit sets the health; a conflict with another process's probe shows a working database as well.
    private async Task ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var stored = await engine.ReadAsync(_probe, cancellationToken);
            await queue.Enqueue(RowWrite.Save(_probe, stored?.Version, ProbePayload)).WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is CommitException or StorageFailedException or StorageBusyException)
        {
            // Not lost: the failure that made this check look is still the one that Snapshot reports.
        }
    }

    private StorageHealth Snapshot()
    {
        var failure = queue.Health.Failure;
        return new StorageHealth(failure is null, queue.Depth, queue.Capacity, failure);
    }
}
