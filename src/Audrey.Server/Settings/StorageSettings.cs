using Audrey.Storage;

namespace Audrey.Server.Settings;

/// <summary>The storage's settings, of which the server needs the kind and the connection for the membership of the cluster.</summary>
internal static class StorageSettings
{
    public const string NpgsqlInvariant = "Npgsql";

    public static AudreyStorageOptions Of(IConfiguration configuration)
    {
        var options = new AudreyStorageOptions();
        Bind(configuration, options);
        return options;
    }

    public static void Bind(IConfiguration configuration, AudreyStorageOptions options)
    {
        configuration.GetSection("Audrey:Storage").Bind(options);
        if (options.DataDirectory.Length == 0) options.DataDirectory = configuration["Audrey:DataDirectory"] ?? "";
    }
}
