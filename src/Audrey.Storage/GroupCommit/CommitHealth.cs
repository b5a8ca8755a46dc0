namespace Audrey.Storage.GroupCommit;

/// <summary>Remembers whether the last commit succeeded. Only the writer thread changes this object. Any thread may read it.</summary>
internal sealed class CommitHealth
{
    private volatile string? _failure;

    public string? Failure => _failure;

    /// <returns>True if the previous commit failed.</returns>
    public bool RecordSuccess()
    {
        if (_failure is null) return false;
        _failure = null;
        return true;
    }

    public void RecordFailure(string reason) => _failure = reason;
}
