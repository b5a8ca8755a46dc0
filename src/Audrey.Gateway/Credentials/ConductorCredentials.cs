using System.Collections.Frozen;
using System.Text;
using Audrey.Core.Ids;
using Audrey.Gateway.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Credentials;

/// <summary>Who may command: the configured conductors, or the one that was made on the first start.</summary>
public sealed partial class ConductorCredentials
{
    private const int ShortSecret = 16;

    private readonly FrozenDictionary<string, ConductorCredential> _byKey;

    /// <summary>Takes the configured credentials; with none, reads or makes the one in the data directory.</summary>
    /// <exception cref="OptionsValidationException">The options are not valid.</exception>
    /// <exception cref="IOException">The data directory's credential can be neither read nor made; the message says what to do.</exception>
    public ConductorCredentials(IOptions<ConductorOptions> options, ILogger<ConductorCredentials> log)
    {
        var configured = options.Value.Conductors;
        if (configured.Count > 0)
        {
            _byKey = configured.Select(entry => new ConductorCredential(entry.Key, entry.Secret)).ToFrozenDictionary(entry => entry.Key.Value);
            Location = $"{ConductorOptions.Section} ({configured.Count} configured)";
            foreach (var entry in configured.Where(entry => entry.Secret.Length < ShortSecret))
                LogShortSecret(log, entry.Key, ShortSecret);
        }
        else
        {
            var path = ConductorCredentialFile.PathIn(options.Value.DataDirectory);
            var credential = ConductorCredentialFile.ReadOrMake(path);
            _byKey = new[] { credential }.ToFrozenDictionary(entry => entry.Key.Value);
            Location = path;
            LogFromFile(log, path);
        }
    }

    /// <summary>Where the credentials come from, for people: a file's path or the name of the option. Never a secret.</summary>
    public string Location { get; }

    /// <summary>Finds a conductor's credential by its key.</summary>
    internal ConductorCredential? Find(string key) => _byKey.GetValueOrDefault(key);
}

/// <summary>A conductor's credential.</summary>
internal sealed class ConductorCredential(string key, string secret)
{
    private readonly byte[] _secret = Encoding.UTF8.GetBytes(secret);

    public ConductorKey Key { get; } = ConductorKey.Parse(key);

    public ReadOnlySpan<byte> Secret => _secret;
}
