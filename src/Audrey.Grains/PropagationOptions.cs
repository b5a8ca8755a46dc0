using System.ComponentModel.DataAnnotations;
using Audrey.Abstractions.Resilience;

namespace Audrey.Grains;

/// <summary>How values travel between instances.</summary>
public sealed class PropagationOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Audrey:Propagation";

    /// <summary>How long a guest's PUT waits until its values have reached the dependents. Pushes that take longer go on afterwards.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan PushBound { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Delay before a failed push is repeated. It doubles with each failure, up to ten times this value.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:00:10")]
    public TimeSpan PushRetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Attempts to reach a dependent. With the defaults they take about two minutes.</summary>
    [Range(1, 1_000)]
    public int PushAttempts { get; set; } = 60;

    /// <summary>Minimum time between two pulls of an incomplete instance.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan PullInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Minimum time between two comparisons of a complete instance, which is polled, with its providers. They run in the background. This is
    /// how long a push that was lost without the death of a silo can go unnoticed.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long after a failure unfinished work, such as a deletion or a scaling, is resumed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan DeletionRetryInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How calls among grains are repeated.</summary>
    internal RetryPolicy Retries => new() { FirstDelay = PushRetryDelay, MaxDelay = PushRetryDelay * 10, MaxCalls = PushAttempts };
}
