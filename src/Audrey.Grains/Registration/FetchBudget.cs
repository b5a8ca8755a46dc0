namespace Audrey.Grains.Registration;

/// <summary>The maximum number of bytes for all sources of one registration. Concurrent fetches share this budget.</summary>
internal sealed class FetchBudget(long bytes)
{
    private long _used;

    /// <summary>The number of bytes used so far.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Uses some bytes. Returns false if the budget has fewer bytes left.</summary>
    public bool Take(int count) => Interlocked.Add(ref _used, count) <= bytes;
}
