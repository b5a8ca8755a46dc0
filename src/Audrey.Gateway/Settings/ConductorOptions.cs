using System.ComponentModel.DataAnnotations;
using Audrey.Core.Access;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Hosting.Settings;

namespace Audrey.Gateway.Settings;

/// <summary>The conductors' credentials.</summary>
public sealed class ConductorOptions : IValidatableObject
{
    /// <summary>The section of the configuration. The section contains the list of <see cref="Conductors"/> directly.</summary>
    public const string Section = "Audrey:Conductors";

    /// <summary>The setting that <see cref="DataDirectory"/> is bound from.</summary>
    public const string DataDirectoryOption = "Audrey:DataDirectory";

    /// <summary>
    /// Gets the conductors. If the list is empty, one credential is created at the first start and kept in the data directory.
    /// </summary>
    public IList<ConductorEntry> Conductors { get; } = [];

    /// <summary>
    /// Gets or sets the directory for a created credential. The directory is used only if <see cref="Conductors"/> is empty.
    /// </summary>
    public string DataDirectory { get; set; } = "";

    /// <summary>
    /// Gets or sets whether this server is a gateway. Only a gateway makes a credential or takes one over. A server without this role need
    /// not know the conductors that the gateways have in their settings.
    /// </summary>
    public bool IsGateway { get; set; } = true;

    /// <summary>Returns the broken rules. No message quotes a secret.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        [.. ValidateCredentials(), .. ValidateQuotas()];

    private IEnumerable<ValidationResult> ValidateCredentials()
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Conductors.Count; i++)
        {
            var (key, secret) = (Conductors[i].Key, Conductors[i].Secret);
            if (!ConductorKey.TryParse(key, out _, out var problem))
                yield return SettingsCheck.Broken($"{i}:Key", $"cannot be used: {problem}");
            else if (!keys.Add(key))
                yield return SettingsCheck.Broken($"{i}:Key", $"is '{key}', which is already the key of another conductor");

            if (Conductors[i].ActsFor is { } actsFor && !ConductorKey.TryParse(actsFor, out _, out problem))
                yield return SettingsCheck.Broken($"{i}:ActsFor", $"cannot be used: {problem}");
            if (Conductors[i].Role is { } role && !Enum.IsDefined(role))
                yield return SettingsCheck.Broken(
                    $"{i}:Role", $"is {role}; it must be one of {string.Join(", ", Enum.GetNames<ConductorRole>())}");

            if (secret.Length == 0)
                yield return SettingsCheck.Broken($"{i}:Secret", "is empty");
            else if (secret.Length > ConductorEntry.MaxSecretLength)
                yield return SettingsCheck.Broken(
                    $"{i}:Secret", $"is {secret.Length} characters long; at most {ConductorEntry.MaxSecretLength} are allowed");
        }
    }

    private IEnumerable<ValidationResult> ValidateQuotas()
    {
        var quotas = new Dictionary<(string Conductor, string Name), int>();
        foreach (var (i, entry) in Conductors.Index())
        {
            foreach (var (name, min, quota) in entry.Quotas)
            {
                if (quota is not { } value) continue;
                if (value < min || value > QuotaLimits.Unlimited)
                    yield return SettingsCheck.Broken($"{i}:{name}", $"is {value}; it must be between {min} and {QuotaLimits.Unlimited}");
                else if (!quotas.TryAdd((entry.Conductor, name), value) && quotas[(entry.Conductor, name)] != value)
                    yield return SettingsCheck.Broken(
                        $"{i}:{name}", $"is {value}, but another entry gives conductor '{entry.Conductor}' another quota; give it once");
            }
        }
    }
}

/// <summary>The credential of one conductor.</summary>
public sealed class ConductorEntry
{
    internal const int MaxSecretLength = 4096;

    /// <summary>The key that a conductor signs with.</summary>
    [Setting(Default = "created at the first start", Range = "1 to 255 characters, unique")]
    public string Key { get; set; } = "";

    /// <summary>
    /// The conductor's secret. A secret with fewer than 16 characters is accepted, because conductors of 2012 may have one. The server then
    /// logs a warning.
    /// </summary>
    [Setting(Default = "created at the first start", Range = "1 to 4,096 characters")]
    public string Secret { get; set; } = "";

    /// <summary>
    /// Whether the conductor may send bodies that its signature does not cover. Conductors whose software is older than September 2012 sign
    /// before the body exists. An attacker who captures such a request can replace its document or tarball. A warning is logged at the
    /// start.
    /// </summary>
    public bool UnsignedForms { get; set; }

    /// <summary>
    /// The permissions of the credential. A viewer can read. An operator can also launch, scale, replace and delete. An administrator can
    /// also administer the cluster.
    /// </summary>
    [Setting(
        Default = "`Administrator` for the first conductor, `Operator` for the others",
        Range = "`Viewer`, `Operator` or `Administrator`")]
    public ConductorRole? Role { get; set; }

    /// <summary>The conductor whose deployables the credential acts on.</summary>
    [Setting(Default = "the key", Range = "1 to 255 characters")]
    public string? ActsFor { get; set; }

    /// <summary>Maximum number of deployables of the conductor that the credential acts for.</summary>
    [Setting(Default = "`Audrey:Quotas:MaxDeployables`", Range = "1 to 1,000,000,000")]
    public int? MaxDeployables { get; set; }

    /// <summary>Maximum number of instances of the conductor that the credential acts for.</summary>
    [Setting(Default = "`Audrey:Quotas:MaxInstances`", Range = "1 to 1,000,000,000")]
    public int? MaxInstances { get; set; }

    /// <summary>
    /// Maximum number of event streams that the conductor that the credential acts for may have open at one server, and of its calls that
    /// wait for events over the port for clients.
    /// </summary>
    [Setting(Default = "`Audrey:Gateway:MaxEventStreams`", Range = "0 to 1,000,000,000")]
    public int? MaxStreams { get; set; }

    /// <summary>Gets the conductor that the credential acts for.</summary>
    internal string Conductor => ActsFor ?? Key;

    /// <summary>Gets the quotas, with their names and smallest values.</summary>
    internal IEnumerable<(string Name, int Min, int? Quota)> Quotas =>
        [(nameof(MaxDeployables), 1, MaxDeployables), (nameof(MaxInstances), 1, MaxInstances), (nameof(MaxStreams), 0, MaxStreams)];
}
