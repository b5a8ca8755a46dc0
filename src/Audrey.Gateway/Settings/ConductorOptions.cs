using System.ComponentModel.DataAnnotations;
using Audrey.Core.Ids;
using Audrey.Hosting.Settings;

namespace Audrey.Gateway.Settings;

/// <summary>The conductors' credentials.</summary>
public sealed class ConductorOptions : IValidatableObject
{
    /// <summary>The section of the configuration. It is the list of <see cref="Conductors"/> itself.</summary>
    public const string Section = "Audrey:Conductors";

    /// <summary>The setting that <see cref="DataDirectory"/> is bound from.</summary>
    public const string DataDirectoryOption = "Audrey:DataDirectory";

    /// <summary>
    /// Gets the conductors. If there are none, one credential is created at the first start and kept in the data directory.
    /// </summary>
    public IList<ConductorEntry> Conductors { get; } = [];

    /// <summary>Gets or sets where a created credential is kept. It is used only if <see cref="Conductors"/> is empty.</summary>
    public string DataDirectory { get; set; } = "";

    /// <summary>Returns the broken rules. No message quotes a secret.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Conductors.Count; i++)
        {
            var (key, secret) = (Conductors[i].Key, Conductors[i].Secret);
            if (!ConductorKey.TryParse(key, out _, out var problem))
                yield return SettingsCheck.Broken($"{i}:Key", $"cannot be used: {problem}");
            else if (!keys.Add(key))
                yield return SettingsCheck.Broken($"{i}:Key", $"is '{key}', which another conductor has already");

            if (secret.Length == 0)
                yield return SettingsCheck.Broken($"{i}:Secret", "is empty");
            else if (secret.Length > ConductorEntry.MaxSecretLength)
                yield return SettingsCheck.Broken(
                    $"{i}:Secret", $"is {secret.Length} characters long; at most {ConductorEntry.MaxSecretLength} are allowed");
        }
    }
}

/// <summary>One conductor's credential.</summary>
public sealed class ConductorEntry
{
    internal const int MaxSecretLength = 4096;

    /// <summary>The key that a conductor signs with.</summary>
    [Setting(Default = "created at the first start", Range = "1 to 255 characters, unique")]
    public string Key { get; set; } = "";

    /// <summary>
    /// The conductor's secret. One with fewer than 16 characters is accepted, because conductors of 2012 bring theirs along, and logged as a
    /// warning.
    /// </summary>
    [Setting(Default = "created at the first start", Range = "1 to 4,096 characters")]
    public string Secret { get; set; } = "";
}
