using Audrey.Storage.Keys;

namespace Audrey.Storage.GroupCommit;

/// <summary>One accepted write, from the queue to its completion.</summary>
internal sealed class RowWrite
{
    private readonly TaskCompletionSource<RowOutcome> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RowWrite(RowKey key, int? expectedVersion, byte[]? payload)
    {
        Key = key;
        ExpectedVersion = expectedVersion;
        Payload = payload;
        NewVersion = checked((expectedVersion ?? 0) + 1);
    }

    public RowKey Key { get; }

    /// <summary>The version that the row must have. Null if there must be no row.</summary>
    public int? ExpectedVersion { get; }

    /// <summary>The version of the row after the write, unless the write deletes it.</summary>
    public int NewVersion { get; }

    /// <summary>The serialized state to store. Null deletes the row.</summary>
    public byte[]? Payload { get; }

    public int Bytes => Payload?.Length ?? 0;

    public Task<RowOutcome> Completion => _completion.Task;

    public static RowWrite Save(RowKey key, int? expectedVersion, byte[] payload) => new(key, expectedVersion, payload);

    public static RowWrite Delete(RowKey key, int expectedVersion) => new(key, expectedVersion, null);

    /// <summary>Returns whether the stored row is the result of this write.</summary>
    public bool HasTakenEffect(StoredRow? stored) => Payload is null
        ? stored is null
        : stored is { Payload: { } payload } row && row.Version == NewVersion && payload.AsSpan().SequenceEqual(Payload);

    public void Complete(RowOutcome outcome) => _completion.SetResult(outcome);

    public void Fail(Exception exception) => _completion.SetException(exception);
}
