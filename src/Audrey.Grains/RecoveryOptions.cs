using System.ComponentModel.DataAnnotations;

namespace Audrey.Grains;

/// <summary>The settings for abandoning unfinished work.</summary>
public sealed class RecoveryOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Audrey:Recovery";

    /// <summary>
    /// The maximum time without progress of an unfinished launch. After this time the deployable is deleted, unless one of its guests was
    /// heard from.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan StalledLaunchAfter { get; set; } = TimeSpan.FromDays(1);
}
