namespace Audrey.Grains.Registration;

/// <summary>Bytes that the sources of one registration may have together. Taken from by several fetches at once.</summary>
internal sealed class FetchBudget(long bytes)
{
    private long _used;

    /// <summary>Bytes taken so far.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Takes some; false when that is more than there is.</summary>
    public bool Take(int count) => Interlocked.Add(ref _used, count) <= bytes;
}
