namespace Audrey.Grains;

/// <summary>How long events are kept. Options under <c>Audrey:History</c>.</summary>
public sealed class HistoryOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Audrey:History";

    /// <summary>How long a deployable's events are kept after it was deleted. Default 7 d, range 0 to 3,650 d.</summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Events kept of one deployable, in whole pages of 128. The oldest are deleted. Default 50,000, range 1,000 to 10,000,000.
    /// </summary>
    public int MaxEvents { get; set; } = 50_000;

    /// <summary>
    /// Deleted deployables whose events are kept at a time; the first to be deleted go first. Default 1,000, range 1 to 10,000.
    /// </summary>
    public int MaxDeleted { get; set; } = 1_000;

    /// <summary>How often it is looked whose time is up. Default 1 h, range 100 ms to 1 d.</summary>
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromHours(1);
}
