using Audrey.Server.Settings;
using Audrey.Storage;

namespace Audrey.Server.Secrets;

/// <summary>Adds the encryption of rows that hold secrets.</summary>
internal static class SecretsExtensions
{
    private const string DefaultDirectory = "keys";

    public static void ProtectRows(this IServiceCollection services, ServerOptions settings) =>
        services.AddSingleton<IRowProtection>(_ => Keys(settings));

    /// <summary>Creates the key ring that the settings describe.</summary>
    public static KeyRing Keys(ServerOptions settings)
    {
        var named = settings.Secrets.KeysDirectory;
        var directory = named.Length > 0 ? Path.GetFullPath(named) : Path.Combine(settings.DataDirectory, DefaultDirectory);
        return new(directory, settings.Secrets, TimeProvider.System);
    }
}
