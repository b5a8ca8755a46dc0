using System.ComponentModel.DataAnnotations;

namespace Audrey.Grains;

/// <summary>How long events are kept.</summary>
public sealed class HistoryOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Audrey:History";

    /// <summary>How long a deployable's events are kept after its deletion.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Events that are kept of one deployable, in whole pages of 128. The oldest are dropped first.</summary>
    [Range(1_000, 10_000_000)]
    public int MaxEvents { get; set; } = 50_000;

    /// <summary>Deleted deployables whose events are kept. Those that were deleted first lose theirs first.</summary>
    [Range(1, 10_000)]
    public int MaxDeleted { get; set; } = 1_000;

    /// <summary>How often the server looks for histories whose time is up.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromHours(1);
}
