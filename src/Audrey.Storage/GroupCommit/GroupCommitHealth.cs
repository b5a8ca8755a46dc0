using Audrey.Storage.Keys;

namespace Audrey.Storage.GroupCommit;

/// <summary>
/// The health of the database. A commit proves that the database works. If the last commit failed, or is too long ago, a check commits a
/// probe row. So a silo without any writes also notices that it has lost the database. At most one probe is under way.
/// </summary>
internal sealed class GroupCommitHealth(CommitQueue queue, ICommitEngine engine, string serviceId, TimeProvider time) : IStorageHealth
{
    /// <summary>How long a commit proves that the database works. Together with <see cref="MaxProbeTime"/> it is less than 10 s.</summary>
    internal static readonly TimeSpan ProofTime = TimeSpan.FromSeconds(5);

    /// <summary>How long a check waits for a probe. A lost server can leave connections that never answer.</summary>
    internal static readonly TimeSpan MaxProbeTime = TimeSpan.FromSeconds(4);

    private static readonly byte[] ProbePayload = [0];

    /// <summary>A row that no grain can have: no grain state has zero hashes together with this type name.</summary>
    private readonly RowKey _row = new(0, 0, 0, 0, "audrey.storage.probe", Environment.MachineName, serviceId);

    private readonly Lock _lock = new();
    private Task<string?> _probe = Task.FromResult<string?>(null);

    public async ValueTask<StorageHealth> CheckAsync(CancellationToken cancellationToken)
    {
        var failure = queue.Health.HasSucceededWithin(ProofTime) ? null : await ProbeAsync(cancellationToken);
        return new StorageHealth(queue.Depth, failure);
    }

    private async Task<string?> ProbeAsync(CancellationToken cancellationToken)
    {
        Task<string?> probe;
        lock (_lock)
        {
            if (_probe.IsCompleted) _probe = Task.Run(CommitProbeAsync, CancellationToken.None);
            probe = _probe;
        }

        try
        {
            return await probe.WaitAsync(MaxProbeTime, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return queue.Health.Failure ?? $"The database has not answered a probe within {MaxProbeTime.TotalSeconds:0} s.";
        }
    }

    /// <summary>
    /// Returns the reason of the failure, or null. The outcome of the commit sets the health. A conflict with the probe of another process
    /// also shows that the database works.
    /// </summary>
    private async Task<string?> CommitProbeAsync()
    {
        try
        {
            var stored = await engine.ReadAsync(_row, CancellationToken.None);
            await queue.EnqueueAsync(RowWrite.Save(_row, stored?.Version, ProbePayload));
            return queue.Health.Failure;
        }
        catch (Exception exception) when (exception is CommitException or StorageFailedException or StorageBusyException)
        {
            return queue.Health.Failure ?? exception.Message;
        }
    }
}
