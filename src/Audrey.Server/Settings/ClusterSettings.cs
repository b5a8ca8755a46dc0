using System.ComponentModel.DataAnnotations;
using System.Net;
using Audrey.Hosting.Settings;
using Orleans.Configuration;

namespace Audrey.Server.Settings;

/// <summary>The cluster. These settings are the same on all its servers.</summary>
public sealed class ClusterSettings : IValidatableObject
{
    /// <summary>The cluster's name. Servers find those with the same one.</summary>
    public string ClusterId { get; set; } = "audrey";

    /// <summary>The name that stored rows are kept under. It stays when a cluster is replaced.</summary>
    public string ServiceId { get; set; } = "audrey";

    /// <summary>Time in which a silo must answer a probe of another silo.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Probes in a row that a silo misses before it is suspected.</summary>
    [Range(1, 100)]
    public int MissedProbes { get; set; } = 2;

    /// <summary>Silos that must suspect a silo before it is declared dead. In a smaller cluster fewer suffice.</summary>
    [Range(1, 10)]
    public int Votes { get; set; } = 2;

    /// <summary>Time after which a call inside a cluster on PostgreSQL is lost. On SQLite it is 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a gateway without a silo tries to reach the cluster at its start.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Copies the names of the cluster to the options of Orleans.</summary>
    internal void CopyTo(ClusterOptions cluster) => (cluster.ClusterId, cluster.ServiceId) = (ClusterId, ServiceId);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(ClusterId)) yield return SettingsCheck.Broken(nameof(ClusterId), "is empty; give the cluster a name");
        if (string.IsNullOrWhiteSpace(ServiceId)) yield return SettingsCheck.Broken(nameof(ServiceId), "is empty; give the service a name");
    }
}

/// <summary>The silo.</summary>
public sealed class SiloSettings : IValidatableObject
{
    /// <summary>Port for other silos. Everything that reaches it is trusted: it asks for no credential.</summary>
    [Range(1, 65_535)]
    public int Port { get; set; } = 11111;

    /// <summary>
    /// Port for the client library and for gateways without a silo. Everything that reaches it is trusted: it asks for no credential.
    /// </summary>
    [Range(1, 65_535)]
    public int GatewayPort { get; set; } = 30000;

    /// <summary>The address under which other servers reach this one.</summary>
    [Setting(Default = "loopback with SQLite, else the machine's first address", Range = "an IP address")]
    public string AdvertisedAddress { get; set; } = "";

    /// <summary>Time after which an unused grain leaves the memory.</summary>
    [Range(typeof(TimeSpan), "00:02:00", "7.00:00:00")]
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Memory use above which unused grains leave the memory earlier.</summary>
    [Range(10.0, 99.0)]
    public double MemoryLimitPercent { get; set; } = 80;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Port == GatewayPort)
            yield return SettingsCheck.Broken(nameof(GatewayPort), $"is {GatewayPort}, as Audrey:Silo:Port is; they must differ");
        if (AdvertisedAddress.Length > 0 && !IPAddress.TryParse(AdvertisedAddress, out _))
            yield return SettingsCheck.Broken(nameof(AdvertisedAddress), $"is '{AdvertisedAddress}', which is not an IP address");
    }
}
