using System.Collections.Concurrent;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;
using Audrey.Core.Limits;

namespace Audrey.Grains.Tests.Cluster;

/// <summary>Quotas that a test sets for its own conductors. All others have none.</summary>
public sealed class TestQuotas : IConductorQuotas
{
    private readonly ConcurrentDictionary<ConductorKey, ConductorQuota> _own = new();

    /// <summary>Sets the quotas of a conductor.</summary>
    public void Set(ConductorKey conductor, int deployables = QuotaLimits.Unlimited, int instances = QuotaLimits.Unlimited) =>
        _own[conductor] = new(deployables, instances, QuotaLimits.Unlimited);

    public ConductorQuota Of(ConductorKey conductor) =>
        _own.TryGetValue(conductor, out var own) ? own : EqualQuotas.None.Of(conductor);
}
