using System.Threading.RateLimiting;
using Audrey.Core.Ids;
using Audrey.Gateway.Settings;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Limits;

/// <summary>Limits the number of requests in progress of each conductor.</summary>
internal sealed class ConductorLimits(IOptions<GatewayOptions> options) : IDisposable
{
    private readonly PartitionedRateLimiter<ConductorKey> _requests = Create(options.Value.MaxActivePerConductor);

    /// <summary>Gets the maximum number of requests that one conductor can have in progress.</summary>
    public int MaxRequests { get; } = options.Value.MaxActivePerConductor;

    /// <summary>Counts a request. Returns null if the conductor has reached the limit. The caller disposes of the lease.</summary>
    public RateLimitLease? TryBeginRequest(ConductorKey conductor) => TryAcquire(_requests, conductor);

    public void Dispose() => _requests.Dispose();

    private static PartitionedRateLimiter<ConductorKey> Create(int max) =>
        PartitionedRateLimiter.Create<ConductorKey, ConductorKey>(conductor => RateLimitPartition.GetConcurrencyLimiter(
            conductor, _ => new ConcurrencyLimiterOptions { PermitLimit = max, QueueLimit = 0 }));

    private static RateLimitLease? TryAcquire(PartitionedRateLimiter<ConductorKey> limiter, ConductorKey conductor)
    {
        var lease = limiter.AttemptAcquire(conductor);
        if (lease.IsAcquired) return lease;
        lease.Dispose();
        return null;
    }
}
