using System.ComponentModel.DataAnnotations;

namespace Audrey.Grains;

/// <summary>When unfinished work is given up.</summary>
public sealed class RecoveryOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Audrey:Recovery";

    /// <summary>
    /// How long a launch that is not finished may make no progress. Then its deployable is deleted, unless one of its guests was heard of.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan StalledLaunchAfter { get; set; } = TimeSpan.FromDays(1);
}
