using System.Collections.Frozen;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Credentials;
using Audrey.Core.Ids;
using Audrey.Gateway.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Credentials;

/// <summary>The conductors' credentials of the settings, or the one that was made on the first start.</summary>
public sealed partial class ConfiguredConductors : IConfiguredCredentials
{
    private const int MinSecretLength = 16;

    private readonly FrozenDictionary<string, ConductorCredential> _byKey;

    /// <summary>Takes the credentials of the settings. Without any, it reads or makes the one in the data directory.</summary>
    /// <exception cref="OptionsValidationException">The options are not valid.</exception>
    /// <exception cref="IOException">
    /// The credential in the data directory can be neither read nor made. The message says what to do.
    /// </exception>
    public ConfiguredConductors(IOptions<ConductorOptions> options, ILogger<ConfiguredConductors> log)
    {
        var entries = options.Value.Conductors;
        if (entries.Count == 0)
        {
            Location = ConductorCredentialFile.PathIn(options.Value.DataDirectory);
            var credential = ConductorCredentialFile.ReadOrMake(Location);
            _byKey = new[] { credential }.ToFrozenDictionary(entry => entry.Key.Value);
            LogFromFile(log, Location);
            return;
        }

        Location = $"{ConductorOptions.Section} ({entries.Count} configured)";
        _byKey = entries.Select(entry => new ConductorCredential(ConductorKey.Parse(entry.Key), entry.Secret))
            .ToFrozenDictionary(credential => credential.Key.Value);
        foreach (var entry in entries)
        {
            if (entry.Secret.Length < MinSecretLength) LogShortSecret(log, entry.Key, MinSecretLength);
            if (!CredentialRules.IsUsableWithBasic(ConductorKey.Parse(entry.Key))) LogColon(log, entry.Key);
        }
    }

    /// <summary>Where the credentials come from, for people: a file's path or the name of the option. Never a secret.</summary>
    public string Location { get; }

    /// <summary>Gets the conductors' keys.</summary>
    public IEnumerable<ConductorKey> Keys => _byKey.Values.Select(credential => credential.Key);

    /// <inheritdoc/>
    public ConductorCredential? Find(string key) => _byKey.GetValueOrDefault(key);
}
