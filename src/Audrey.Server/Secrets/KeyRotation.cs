using Audrey.Server.Settings;
using Audrey.Storage;
using Microsoft.Extensions.Options;

namespace Audrey.Server.Secrets;

/// <summary>Makes a new key and encrypts every encrypted row with it, instead of running a server.</summary>
internal static class KeyRotation
{
    /// <summary>What asks for it on the command line.</summary>
    public const string Option = "--rotate-keys";

    /// <summary>Carries it out with the settings of a server that is composed and not started.</summary>
    /// <returns>What was done, for people.</returns>
    /// <exception cref="SettingsException">The server has no database of its own.</exception>
    /// <exception cref="StorageStartException">The database cannot be used, or a server has it; no key was made.</exception>
    /// <exception cref="StorageFailedException">A row cannot be decrypted; what was encrypted anew before it stays so.</exception>
    public static async Task<string> Run(IServiceProvider server, CancellationToken cancellationToken)
    {
        if (server.GetService<IRowProtection>() is not KeyRing keys)
            throw new SettingsException([$"{Option} needs the database: run it with the settings of a server that has the role silo."]);
        var options = server.GetRequiredService<IOptions<AudreyStorageOptions>>().Value;
        var rows = await ProtectedRows.ReencryptAsync(options, keys, keys.MakeKey, cancellationToken);
        return $"A new key is in {keys.Directory}, and {rows} rows are encrypted with it. Keep the old keys for as long as backups are to be read.";
    }
}
