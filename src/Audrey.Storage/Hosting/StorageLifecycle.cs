using Audrey.Storage.GroupCommit;
using Audrey.Storage.Protection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Audrey.Storage.Hosting;

/// <summary>
/// Opens the database before any other part of the silo starts, including clustering. Stops the group commit after every other part has
/// stopped, when no grain writes any more.
/// </summary>
internal sealed partial class StorageLifecycle(
    StorageDatabase database,
    IOptions<AudreyStorageOptions> options,
    IOptions<ClusterOptions> cluster,
    IServiceProvider services,
    ILogger<StorageLifecycle> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(StorageLifecycle), ServiceLifecycleStage.First, StartAsync, StopAsync);

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await database.OpenAsync(cancellationToken);
        var engine = services.GetRequiredService<ICommitEngine>();
        await new Seal(database, engine, services.GetService<IRowProtection>(), cluster.Value.ServiceId).CheckAsync(cancellationToken);
        LogOpened(logger, options.Value.Kind, options.Value.HotProvider);
        if (database.Connections is { } connections) LogConnections(logger, connections);
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await services.GetRequiredService<CommitQueue>().StopAsync().WaitAsync(cancellationToken);
        LogStopped(logger);
    }
}
