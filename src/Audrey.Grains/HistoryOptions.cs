using System.ComponentModel.DataAnnotations;

namespace Audrey.Grains;

/// <summary>The settings for keeping events.</summary>
public sealed class HistoryOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Audrey:History";

    /// <summary>The time for which a deployable's events are kept after its deletion.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// The maximum number of events that are kept for one deployable, in whole pages of 128. The oldest events are dropped first.
    /// </summary>
    [Range(1_000, 10_000_000)]
    public int MaxEvents { get; set; } = 50_000;

    /// <summary>
    /// The maximum number of deleted deployables whose events are kept. The events of the deployable that was deleted first are dropped
    /// first.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxDeleted { get; set; } = 1_000;

    /// <summary>The interval at which the server looks for expired histories.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromHours(1);
}
