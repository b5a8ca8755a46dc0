using Audrey.Server.Hosting;
using Audrey.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Runtime;

namespace Audrey.Server.Health;

/// <summary>Checks that this silo is an active member of the cluster.</summary>
internal sealed class SiloCheck(ISiloStatusOracle silos) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(silos.CurrentStatus == SiloStatus.Active
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"the silo is {silos.CurrentStatus}"));
}

/// <summary>Checks that the storage accepts writes.</summary>
internal sealed class StorageCheck(IStorageHealth storage) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var health = await storage.CheckAsync(cancellationToken);
        return health.IsHealthy ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(health.Failure);
    }
}

/// <summary>Checks that a silo of the cluster is connected.</summary>
internal sealed class ClusterCheck(ClusterConnectionMonitor connection) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(connection.IsUp ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("no silo of the cluster is connected"));
}
