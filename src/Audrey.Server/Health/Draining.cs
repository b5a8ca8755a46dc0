using Audrey.Gateway.Settings;
using Audrey.Server.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Audrey.Server.Health;

/// <summary>
/// Turns readiness off when the server starts to stop. Load balancers have time to notice this before connections are refused. Requests
/// that were already accepted are finished afterwards.
/// </summary>
internal sealed class Draining(IOptions<GatewayOptions> options, TimeProvider time) : HostLifecycle, IHealthCheck
{
    private volatile bool _stopping;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_stopping ? HealthCheckResult.Unhealthy("the server is stopping") : HealthCheckResult.Healthy());

    /// <summary>Called before anything is stopped.</summary>
    public override Task StoppingAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        var delay = options.Value.DrainDelay;
        return delay > TimeSpan.Zero ? Task.Delay(delay, time, cancellationToken) : Task.CompletedTask;
    }
}
