using System.ComponentModel.DataAnnotations;
using Audrey.Hosting.Settings;

namespace Audrey.Server.Settings;

/// <summary>The roles of the server and its common settings. Each part of the server has its own section.</summary>
public sealed class ServerOptions : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Audrey";

    private static readonly string[] KnownRoles = ["silo", "gateway"];

    /// <summary>The server roles. A <c>silo</c> holds grains and the storage. A <c>gateway</c> serves HTTP.</summary>
    [Setting(Default = "both", Range = "`silo`, `gateway`")]
    public IList<string> Roles { get; } = [];

    /// <summary>The directory of the SQLite file and of the conductor's credential that the server created.</summary>
    [Setting(Default = "`$STATE_DIRECTORY`, `$XDG_STATE_HOME/audrey`, `~/.local/state/audrey` or `./data`")]
    public string DataDirectory { get; set; } = "";

    /// <summary>The time that requests in progress have to finish when the server stops.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The cluster that the server belongs to.</summary>
    public ClusterSettings Cluster { get; set; } = new();

    /// <summary>The silo, if the server has the role silo.</summary>
    public SiloSettings Silo { get; set; } = new();

    /// <summary>The keys that encrypt secrets.</summary>
    public SecretsSettings Secrets { get; set; } = new();

    /// <summary>The log.</summary>
    public LoggingSettings Logging { get; set; } = new();

    /// <summary>Gets a value indicating whether this server holds grains.</summary>
    internal bool IsSilo => Has("silo");

    /// <summary>Gets a value indicating whether this server serves HTTP to guests and conductors.</summary>
    internal bool IsGateway => Has("gateway");

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var i = 0; i < Roles.Count; i++)
            if (!IsKnown(Roles[i]))
                yield return SettingsCheck.Broken($"{nameof(Roles)}:{i}", $"is '{Roles[i]}'; roles are {string.Join(" and ", KnownRoles)}");
        if (!IsSilo && Cluster.SecretFile.Length == 0)
        {
            yield return SettingsCheck.Broken(
                $"{nameof(Cluster)}:{nameof(ClusterSettings.SecretFile)}",
                "is empty; a gateway without a silo needs it, and all servers of the cluster share it. Make one with: "
                + "(umask 077; openssl rand -hex 32 > FILE)");
        }
    }

    // The server does not start with an unknown role. The server is composed as if it had all roles, so that all other problems are
    // reported too.
    private bool Has(string role) =>
        Roles.Count == 0 || Roles.Contains(role, StringComparer.OrdinalIgnoreCase) || !Roles.All(IsKnown);

    private static bool IsKnown(string role) => KnownRoles.Contains(role, StringComparer.OrdinalIgnoreCase);
}
