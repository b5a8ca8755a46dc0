namespace Audrey.Storage.GroupCommit;

/// <summary>
/// Remembers whether the last commit succeeded, and when. Only the writer thread changes this object. Any thread may read it.
/// </summary>
internal sealed class CommitHealth(TimeProvider time)
{
    private volatile string? _failure;
    private long _succeededAt;

    /// <summary>The reason why the last commit failed. Null if it succeeded, or there was no commit yet.</summary>
    public string? Failure => _failure;

    /// <summary>Returns whether the last commit succeeded, not longer ago than this.</summary>
    public bool HasSucceededWithin(TimeSpan age) =>
        _failure is null && Interlocked.Read(ref _succeededAt) is > 0 and var at && time.GetElapsedTime(at) < age;

    /// <returns>True if the previous commit failed.</returns>
    public bool RecordSuccess()
    {
        Interlocked.Exchange(ref _succeededAt, time.GetTimestamp());
        if (_failure is null) return false;
        _failure = null;
        return true;
    }

    public void RecordFailure(string reason) => _failure = reason;
}
