using System.ComponentModel.DataAnnotations;
using Audrey.Abstractions.Resilience;

namespace Audrey.Grains;

/// <summary>The settings for passing values between instances.</summary>
public sealed class PropagationOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Audrey:Propagation";

    /// <summary>
    /// The maximum time that a guest's PUT waits for its values to reach the dependents. Slower pushes continue after the PUT.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan PushBound { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The delay before a failed push is repeated. The delay doubles with each failure, up to ten times this value.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:00:10")]
    public TimeSpan PushRetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The maximum number of attempts to reach a dependent. With the defaults the attempts take about two minutes.</summary>
    [Range(1, 1_000)]
    public int PushAttempts { get; set; } = 60;

    /// <summary>The minimum time between two pulls of an incomplete instance.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan PullInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The minimum time between two comparisons of an instance with its providers. Polls start the comparisons, which run in the
    /// background. A push that was lost without the death of a silo can go unnoticed for this time.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The delay after which unfinished work, such as a deletion or a scaling, is resumed after a failure.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan DeletionRetryInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The settings for repeating calls between grains.</summary>
    internal RetryPolicy Retries => new() { FirstDelay = PushRetryDelay, MaxDelay = PushRetryDelay * 10, MaxCalls = PushAttempts };
}
