using System.ComponentModel.DataAnnotations;

namespace Audrey.Core.Limits;

/// <summary>The quotas of each conductor that has none of its own.</summary>
public sealed record QuotaLimits
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Audrey:Quotas";

    /// <summary>The largest quota. A quota of this size is no limit, and nothing is counted for it.</summary>
    public const int Unlimited = 1_000_000_000;

    /// <summary>Maximum number of deployables of a conductor. With 1,000,000,000 there is no limit.</summary>
    [Range(1, Unlimited)]
    public int MaxDeployables { get; set; } = Unlimited;

    /// <summary>
    /// Maximum number of instances of all deployables of a conductor: those that are registered, and those that its unfinished launches
    /// and scalings will register. With 1,000,000,000 there is no limit.
    /// </summary>
    [Range(1, Unlimited)]
    public int MaxInstances { get; set; } = Unlimited;
}
