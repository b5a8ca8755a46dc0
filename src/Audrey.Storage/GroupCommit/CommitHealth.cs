namespace Audrey.Storage.GroupCommit;

/// <summary>Remembers how the last commit ended. Written by the writer thread, read by any.</summary>
internal sealed class CommitHealth
{
    private volatile string? _failure;

    public string? Failure => _failure;

    /// <returns>Whether this ends a time of failures.</returns>
    public bool Succeeded()
    {
        if (_failure is null)
            return false;
        _failure = null;
        return true;
    }

    public void Failed(string reason) => _failure = reason;
}
