using Audrey.Gateway.Settings;
using Audrey.Storage;

namespace Audrey.Server.Settings;

/// <summary>Reads the storage's settings. The server also uses the kind and the connection for the cluster's membership.</summary>
internal static class StorageSettings
{
    public const string NpgsqlInvariant = "Npgsql";

    public static AudreyStorageOptions Read(IConfiguration configuration)
    {
        var options = new AudreyStorageOptions();
        Bind(configuration, options);
        return options;
    }

    public static void Bind(IConfiguration configuration, AudreyStorageOptions options)
    {
        configuration.GetSection(AudreyStorageOptions.Section).Bind(options);
        if (options.DataDirectory.Length == 0) options.DataDirectory = configuration[ConductorOptions.DataDirectoryOption] ?? "";
    }
}
