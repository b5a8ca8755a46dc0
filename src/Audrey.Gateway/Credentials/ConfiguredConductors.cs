using System.Collections.Frozen;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Credentials;
using Audrey.Core.Access;
using Audrey.Core.Ids;
using Audrey.Gateway.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Credentials;

/// <summary>
/// The conductors' credentials from the settings. If the settings contain none, the cluster makes one: see <see cref="MadeConductor"/>.
/// </summary>
public sealed partial class ConfiguredConductors : IConfiguredCredentials
{
    private const int MinSecretLength = 16;

    private readonly FrozenDictionary<string, ConductorCredential> _byKey;
    private readonly FrozenSet<string> _unsignedForms;

    /// <summary>Uses the credentials in the settings.</summary>
    /// <exception cref="OptionsValidationException">The options are not valid.</exception>
    public ConfiguredConductors(IOptions<ConductorOptions> options, ILogger<ConfiguredConductors> log)
    {
        var entries = options.Value.Conductors;
        _byKey = entries.Select(Create).ToFrozenDictionary(credential => credential.Key.Value);
        _unsignedForms = entries.Where(entry => entry.UnsignedForms).Select(entry => entry.Key).ToFrozenSet();
        foreach (var entry in entries)
        {
            if (entry.Secret.Length < MinSecretLength) LogShortSecret(log, entry.Key, MinSecretLength);
            if (entry.UnsignedForms) LogUnsignedForms(log, entry.Key);
            if (!CredentialRules.IsUsableWithBasic(ConductorKey.Parse(entry.Key))) LogColon(log, entry.Key);
        }
    }

    /// <summary>Gets the conductors' keys.</summary>
    public IEnumerable<ConductorKey> Keys => _byKey.Values.Select(credential => credential.Key);

    /// <summary>Returns whether the conductor may leave its forms unsigned; see <see cref="ConductorEntry.UnsignedForms"/>.</summary>
    internal bool MaySendUnsignedForms(string key) => _unsignedForms.Contains(key);

    /// <inheritdoc/>
    public IEnumerable<ConductorCredential> All => _byKey.Values;

    /// <inheritdoc/>
    public ConductorCredential? Find(string key) => _byKey.GetValueOrDefault(key);

    private static ConductorCredential Create(ConductorEntry entry, int index) => new(
        ConductorKey.Parse(entry.Key),
        entry.Secret,
        entry.Role ?? (index == 0 ? ConductorRole.Administrator : ConductorRole.Operator),
        entry.ActsFor is { } conductor ? ConductorKey.Parse(conductor) : null);
}
