namespace Audrey.Server.Settings;

/// <summary>What the server is. Bound from <c>Audrey</c>, next to the sections of its parts.</summary>
public sealed class ServerOptions
{
    /// <summary>The section that these options are bound from.</summary>
    public const string Section = "Audrey";

    /// <summary><c>silo</c> (grains and storage) and <c>gateway</c> (the guests' HTTP). Default: both.</summary>
    public IList<string> Roles { get; } = [];

    /// <summary>
    /// Directory of the embedded database and of the conductor's credential that was made. Default: <c>$STATE_DIRECTORY</c>,
    /// <c>$XDG_STATE_HOME/audrey</c>, <c>~/.local/state/audrey</c> or <c>./data</c>, the first that there is a value for.
    /// </summary>
    public string DataDirectory { get; set; } = "";

    /// <summary>Time that requests under way have for their end when the server stops. Default 30 s, range 1 s to 10 min.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The cluster that the server is part of.</summary>
    public ClusterSettings Cluster { get; set; } = new();

    /// <summary>The silo, if the server is one.</summary>
    public SiloSettings Silo { get; set; } = new();

    /// <summary>The keys that secrets are encrypted with.</summary>
    public SecretsSettings Secrets { get; set; } = new();

    /// <summary>The log.</summary>
    public LoggingSettings Logging { get; set; } = new();

    /// <summary>Whether this server keeps grains.</summary>
    internal bool IsSilo => Has("silo");

    /// <summary>Whether this server answers guests.</summary>
    internal bool IsGateway => Has("gateway");

    /// <summary>The roles that there are.</summary>
    internal static IReadOnlyList<string> KnownRoles { get; } = ["silo", "gateway"];

    // With a role that does not exist the server does not start; composed as if it had all, it can report what else is wrong.
    private bool Has(string role) =>
        Roles.Count == 0 || Roles.Contains(role, StringComparer.OrdinalIgnoreCase) || !Roles.All(IsKnown);

    internal static bool IsKnown(string role) => KnownRoles.Contains(role, StringComparer.OrdinalIgnoreCase);
}

/// <summary>The cluster. Bound from <c>Audrey:Cluster</c>; equal on all its servers.</summary>
public sealed class ClusterSettings
{
    /// <summary>Name of the cluster: servers find only those with the same one. Default <c>audrey</c>.</summary>
    public string ClusterId { get; set; } = "audrey";

    /// <summary>Name that stored rows are kept under; stays when a cluster is replaced. Default <c>audrey</c>.</summary>
    public string ServiceId { get; set; } = "audrey";

    /// <summary>Time that a silo has to answer a probe of another. Default 1 s, range 100 ms to 1 min.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Probes in a row that a silo may miss before it is suspected. Default 2, range 1 to 100.</summary>
    public int MissedProbes { get; set; } = 2;

    /// <summary>Silos that must suspect one for it to be taken for dead (fewer if there are fewer). Default 2, range 1 to 10.</summary>
    public int Votes { get; set; } = 2;

    /// <summary>Time in which a call inside a cluster on PostgreSQL is answered or lost; a server alone takes 30 s. Default 2 s, range 100 ms to 1 min.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Time that a gateway without a silo of its own tries to reach the cluster at its start. Default 1 min, range 1 s to 1 h.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromMinutes(1);
}

/// <summary>The silo. Bound from <c>Audrey:Silo</c>.</summary>
public sealed class SiloSettings
{
    /// <summary>Port for the other silos. Default 11111, range 1 to 65,535.</summary>
    public int Port { get; set; } = 11111;

    /// <summary>
    /// Port for clients: the conductor's library and gateways without a silo. Default 30000, range 1 to 65,535. Trust whoever
    /// reaches it or <see cref="Port"/>: neither asks for a credential.
    /// </summary>
    public int GatewayPort { get; set; } = 30000;

    /// <summary>
    /// Address under which the other servers reach this one. Default: loopback with the embedded storage, else the first address
    /// of this machine.
    /// </summary>
    public string AdvertisedAddress { get; set; } = "";

    /// <summary>Time after which an unused grain leaves the memory. Default 15 min, range 2 min to 7 days.</summary>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Percentage of the memory limit above which unused grains leave the memory before their time. Default 80, range 10 to 99.
    /// </summary>
    public double MemoryLimitPercent { get; set; } = 80;
}

/// <summary>The log. Bound from <c>Audrey:Logging</c>; its levels are in the section <c>Logging:LogLevel</c>.</summary>
public sealed class LoggingSettings
{
    /// <summary>How lines are written to the standard error output. Default <see cref="LogFormat.Text"/>.</summary>
    public LogFormat Format { get; set; } = LogFormat.Text;
}

/// <summary>A form of log lines.</summary>
public enum LogFormat
{
    /// <summary>A line for each event, for people.</summary>
    Text,

    /// <summary>A JSON object for each event, for collectors.</summary>
    Json,

    /// <summary>A line for each event with the journal's level in front.</summary>
    Systemd,
}
