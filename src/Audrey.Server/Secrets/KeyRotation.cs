using Audrey.Server.Settings;
using Audrey.Storage;
using Microsoft.Extensions.Options;

namespace Audrey.Server.Secrets;

/// <summary>Creates a new key and encrypts every encrypted row again with it. The program then does not run a server.</summary>
internal static class KeyRotation
{
    /// <summary>The option of the command line.</summary>
    public const string Option = "--rotate-keys";

    /// <summary>Rotates the keys of a server that is composed but not started.</summary>
    /// <returns>A sentence that describes the result.</returns>
    /// <exception cref="SettingsException">The server has no database of its own.</exception>
    /// <exception cref="StorageStartException">The database cannot be used, or a server uses it. No key was created.</exception>
    /// <exception cref="StorageFailedException">
    /// A row cannot be decrypted. Rows that were already encrypted again stay encrypted with the new key.
    /// </exception>
    public static async Task<string> RunAsync(IServiceProvider server, CancellationToken cancellationToken)
    {
        if (server.GetService<IRowProtection>() is not KeyRing keys)
            throw new SettingsException([$"{Option} needs the database. Run it with the settings of a server with the role silo."]);
        var options = server.GetRequiredService<IOptions<AudreyStorageOptions>>().Value;
        var rows = await ProtectedRows.ReencryptAsync(options, keys, keys.MakeKey, cancellationToken);
        return $"A new key is in {keys.Directory}, and {rows} rows are encrypted with it. "
            + "Keep the old keys for as long as you need to read old backups.";
    }
}
