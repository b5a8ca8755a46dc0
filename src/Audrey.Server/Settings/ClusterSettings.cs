using System.ComponentModel.DataAnnotations;
using System.Net;
using Audrey.Hosting.Settings;
using Orleans.Configuration;

namespace Audrey.Server.Settings;

/// <summary>The settings of the cluster. These settings must be the same on all servers of the cluster.</summary>
public sealed class ClusterSettings : IValidatableObject
{
    /// <summary>The cluster's name. Servers with the same name form a cluster.</summary>
    public string ClusterId { get; set; } = "audrey";

    /// <summary>The name under which rows are stored. This name stays the same when a cluster is replaced.</summary>
    public string ServiceId { get; set; } = "audrey";

    /// <summary>The time within which a silo must answer a probe of another silo.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The number of consecutive probes that a silo misses before it is suspected.</summary>
    [Range(1, 100)]
    public int MissedProbes { get; set; } = 2;

    /// <summary>
    /// The number of silos that must suspect a silo before the suspected silo is declared dead. A smaller cluster needs fewer.
    /// </summary>
    [Range(1, 10)]
    public int Votes { get; set; } = 2;

    /// <summary>
    /// The time after which a call inside a cluster on PostgreSQL is considered lost. On SQLite this time is always 30 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a gateway without a silo tries to reach the cluster when it starts.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// A file with a secret that the servers of the cluster share. Only the server's user may read it. A gateway without a silo needs the
    /// secret to prove that it is a server of the cluster. The file can hold further secrets, one on each line, which are accepted as well.
    /// </summary>
    [Setting(Range = "a file with at least 32 characters on each line")]
    public string SecretFile { get; set; } = "";

    /// <summary>TLS on the two ports of silos.</summary>
    public TlsSettings Tls { get; set; } = new();

    /// <summary>Copies the names of the cluster to the options of Orleans.</summary>
    internal void CopyTo(ClusterOptions cluster) => (cluster.ClusterId, cluster.ServiceId) = (ClusterId, ServiceId);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(ClusterId)) yield return SettingsCheck.Broken(nameof(ClusterId), "is empty; give the cluster a name");
        if (string.IsNullOrWhiteSpace(ServiceId)) yield return SettingsCheck.Broken(nameof(ServiceId), "is empty; give the service a name");
        if (SecretFile.Length > 0 && ClusterSecretFile.FindProblem(SecretFile) is { } problem)
            yield return SettingsCheck.Broken(nameof(SecretFile), problem);
    }
}

/// <summary>The settings of the silo.</summary>
public sealed class SiloSettings : IValidatableObject
{
    /// <summary>The port for other silos. Without TLS, every program that can reach it is trusted.</summary>
    [Range(1, 65_535)]
    public int Port { get; set; } = 11111;

    /// <summary>
    /// The port for the client library and for gateways without a silo. Each connection must prove that it belongs to a conductor or to a
    /// server of the cluster.
    /// </summary>
    [Range(1, 65_535)]
    public int GatewayPort { get; set; } = 30000;

    /// <summary>The address under which other servers reach this one.</summary>
    [Setting(Default = "loopback with SQLite, else the machine's first address", Range = "an IP address")]
    public string AdvertisedAddress { get; set; } = "";

    /// <summary>
    /// Whether the server starts although other machines can reach the silo's two ports and <c>Audrey:Cluster:Tls:Mode</c> is <c>Off</c>.
    /// Any program that reaches such a port has full control of the cluster.
    /// </summary>
    public bool ReachableWithoutTls { get; set; }

    /// <summary>The time after which an unused grain is removed from memory.</summary>
    [Range(typeof(TimeSpan), "00:02:00", "7.00:00:00")]
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>The memory use above which unused grains are removed from memory earlier.</summary>
    [Range(10.0, 99.0)]
    public double MemoryLimitPercent { get; set; } = 80;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Port == GatewayPort)
            yield return SettingsCheck.Broken(nameof(GatewayPort), $"is {GatewayPort}, as is Audrey:Silo:Port; the ports must differ");
        if (AdvertisedAddress.Length > 0 && !IPAddress.TryParse(AdvertisedAddress, out _))
            yield return SettingsCheck.Broken(nameof(AdvertisedAddress), $"is '{AdvertisedAddress}', which is not an IP address");
    }
}
