using System.ComponentModel.DataAnnotations;
using System.Net;
using Audrey.Hosting.Settings;

namespace Audrey.Grains.Registration;

/// <summary>The settings for fetching executables and files that are given by URL.</summary>
public sealed class SourceFetchOptions : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Audrey:Sources";

    private const int MaxNetworks = 256;

    /// <summary>
    /// Networks in CIDR notation, such as <c>192.0.2.0/24</c> or <c>::1/128</c>, from which files are fetched although the addresses are
    /// loopback or link-local addresses, or addresses of a metadata service. Private networks need not be listed.
    /// </summary>
    [Setting(Range = "networks, at most 256")]
    public IList<string> AllowedNetworks { get; } = [];

    /// <summary>
    /// The total time for fetching all files of one registration. This time should be shorter than the time that callers wait.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:02:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The maximum number of files that one silo fetches concurrently.</summary>
    [Range(1, 1024)]
    public int MaxConcurrent { get; set; } = 64;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (AllowedNetworks.Count > MaxNetworks)
            yield return SettingsCheck.Broken(nameof(AllowedNetworks),
                $"lists {AllowedNetworks.Count} networks; at most {MaxNetworks} are allowed");

        for (var i = 0; i < AllowedNetworks.Count; i++)
        {
            if (IPNetwork.TryParse(AllowedNetworks[i], out _)) continue;
            yield return SettingsCheck.Broken(
                $"{nameof(AllowedNetworks)}:{i}",
                "is not a network in CIDR notation; write an address, a slash and a prefix length, such as 192.0.2.0/24");
        }
    }
}
