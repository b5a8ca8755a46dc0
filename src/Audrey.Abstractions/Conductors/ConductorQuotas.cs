using Audrey.Core.Ids;
using Audrey.Core.Limits;

namespace Audrey.Abstractions.Conductors;

/// <summary>The quotas of one conductor.</summary>
/// <param name="MaxDeployables">The maximum number of deployables.</param>
/// <param name="MaxInstances">The maximum number of instances of all deployables together.</param>
/// <param name="MaxStreams">The maximum number of event streams, and of calls that wait for events, at one server.</param>
public sealed record ConductorQuota(int MaxDeployables, int MaxInstances, int MaxStreams)
{
    /// <summary>Gets whether the deployables and instances of the conductor must be counted.</summary>
    public bool LimitsRegistrations => MaxDeployables < QuotaLimits.Unlimited || MaxInstances < QuotaLimits.Unlimited;
}

/// <summary>The quotas of all conductors, from the settings.</summary>
public interface IConductorQuotas
{
    /// <summary>Returns the quotas of a conductor: its own, or those that apply to each conductor without its own.</summary>
    ConductorQuota Of(ConductorKey conductor);
}

/// <summary>The same quotas for each conductor.</summary>
public sealed class EqualQuotas(ConductorQuota quota) : IConductorQuotas
{
    /// <summary>Gets quotas that limit nothing.</summary>
    public static EqualQuotas None { get; } =
        new(new(QuotaLimits.Unlimited, QuotaLimits.Unlimited, QuotaLimits.Unlimited));

    /// <inheritdoc/>
    public ConductorQuota Of(ConductorKey conductor) => quota;
}
