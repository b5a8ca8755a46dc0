using Audrey.Server.Settings;
using Audrey.Storage;

namespace Audrey.Server.Secrets;

/// <summary>Has rows that hold secrets encrypted.</summary>
internal static class SecretsSteps
{
    private const string UsualDirectory = "keys";

    public static void ProtectRows(this IServiceCollection services, ServerOptions settings) =>
        services.AddSingleton<IRowProtection>(_ => Keys(settings));

    /// <summary>The keys that the settings name.</summary>
    public static KeyRing Keys(ServerOptions settings) => new(
        settings.Secrets.KeysDirectory.Length > 0 ? Path.GetFullPath(settings.Secrets.KeysDirectory) : Path.Combine(settings.DataDirectory, UsualDirectory),
        settings.Secrets,
        TimeProvider.System);
}
