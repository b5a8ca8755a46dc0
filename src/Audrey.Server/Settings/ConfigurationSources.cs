using Audrey.Gateway.Settings;

namespace Audrey.Server.Settings;

/// <summary>
/// The sources of settings. Each source overrides the previous ones. The order is defaults, file, environment, command line.
/// </summary>
internal static class ConfigurationSources
{
    /// <summary>The default file of settings. This file is read if it exists and <c>--config</c> does not name another file.</summary>
    public const string DefaultFile = "/etc/audrey/server.json";

    /// <summary>The port that the config server of 2012 listened on.</summary>
    public const string DefaultUrl = "http://127.0.0.1:4567";

    public static void AddServerSources(this IConfigurationManager configuration, string[] args)
    {
        var file = new ConfigurationBuilder().AddCommandLine(args).Build()["config"];
        configuration.AddInMemoryCollection([new(ConductorOptions.DataDirectoryOption, DefaultDataDirectory())]);
        configuration.AddJsonFile(Path.GetFullPath(file ?? DefaultFile), optional: file is null, reloadOnChange: false);
        configuration.AddEnvironmentVariables("ASPNETCORE_");
        configuration.AddEnvironmentVariables();
        configuration.AddCommandLine(args);
        if (!HasAddresses(configuration)) configuration.AddInMemoryCollection([new(WebHostDefaults.ServerUrlsKey, DefaultUrl)]);
    }

    private static bool HasAddresses(IConfiguration configuration) =>
        !string.IsNullOrEmpty(configuration[WebHostDefaults.ServerUrlsKey])
        || !string.IsNullOrEmpty(configuration[WebHostDefaults.HttpPortsKey])
        || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();

    private static string DefaultDataDirectory()
    {
        if (Variable("STATE_DIRECTORY") is { } unit) return unit.Split(':')[0];
        if (Variable("XDG_STATE_HOME") is { } state) return Path.Combine(state, "audrey");
        return Variable("HOME") is { } home ? Path.Combine(home, ".local", "state", "audrey") : Path.GetFullPath("data");
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
