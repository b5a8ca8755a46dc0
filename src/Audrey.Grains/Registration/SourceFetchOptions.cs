namespace Audrey.Grains.Registration;

/// <summary>How executables and files that are given by URL are fetched; the section <c>Audrey:Sources</c>.</summary>
public sealed class SourceFetchOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Audrey:Sources";

    /// <summary>
    /// Networks in CIDR notation, such as <c>192.0.2.0/24</c> or <c>::1/128</c>, from which sources are fetched although the address
    /// is loopback, link-local or that of a metadata service. Default none, at most 256. Private networks need not be listed.
    /// </summary>
    public IList<string> AllowedNetworks { get; } = [];

    /// <summary>Time for all sources of one registration together. Default 10 s, range 100 ms to 2 min; keep it below the time that callers wait.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most sources that one silo fetches at the same time. Default 64, range 1 to 1,024.</summary>
    public int MaxConcurrent { get; set; } = 64;
}
