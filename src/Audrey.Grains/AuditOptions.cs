using System.ComponentModel.DataAnnotations;

namespace Audrey.Grains;

/// <summary>How long the audit trail is kept.</summary>
public sealed class AuditOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Audrey:Audit";

    /// <summary>How long an entry of the audit trail is kept.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(365);

    /// <summary>
    /// Maximum size of the audit trail. Each of its 17 parts has an equal share: 16 for the commands of conductors, and one for refused
    /// requests. The oldest entries of a part are dropped first, 1,024 at a time.
    /// </summary>
    [Range(64L * 1024 * 1024, 64L * 1024 * 1024 * 1024)]
    public long MaxBytes { get; set; } = 1024 * 1024 * 1024;

    /// <summary>How often the server looks for entries whose time is up.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromHours(1);
}
