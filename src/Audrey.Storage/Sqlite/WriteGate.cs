namespace Audrey.Storage.Sqlite;

/// <summary>
/// Lets the writers of one SQLite file in this process take turns, first come first served. SQLite itself has no queue for
/// its write lock: it lets the losers poll, and a busy group commit would leave the stock storage waiting for seconds.
/// </summary>
internal sealed class WriteGate : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    // Asynchronous waiters of a SemaphoreSlim are served in order and get the turn handed over; synchronous ones race for it.
    public void Enter() => _turn.WaitAsync().GetAwaiter().GetResult();

    public void Leave() => _turn.Release();

    public void Dispose() => _turn.Dispose();
}
