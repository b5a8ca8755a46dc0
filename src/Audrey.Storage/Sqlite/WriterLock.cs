namespace Audrey.Storage.Sqlite;

/// <summary>
/// Serializes the writers of one SQLite file in this process, first come first served. SQLite itself does not queue for its write lock: the
/// waiting writers poll, and a busy group commit would keep the stock storage waiting for seconds.
/// </summary>
internal sealed class WriterLock : IDisposable
{
    private readonly SemaphoreSlim _semaphore = new(1, 1);

    // A SemaphoreSlim serves its asynchronous waiters in order. Synchronous waiters race for the semaphore.
    public void Acquire() => _semaphore.WaitAsync().GetAwaiter().GetResult();

    public void Release() => _semaphore.Release();

    public void Dispose() => _semaphore.Dispose();
}
