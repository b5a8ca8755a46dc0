namespace Audrey.Storage.Hosting;

/// <summary>The health of the stock storage. The stock storage has no queue, and each caller sees its own failures.</summary>
internal sealed class AlwaysHealthy : IStorageHealth
{
    public ValueTask<StorageHealth> CheckAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(new StorageHealth(IsHealthy: true, QueueDepth: 0, QueueCapacity: 0, Failure: null));
}
