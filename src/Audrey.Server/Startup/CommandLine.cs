using System.Reflection;
using Audrey.Server.Settings;

namespace Audrey.Server.Startup;

/// <summary>What the command line asks for instead of a server.</summary>
internal static class CommandLine
{
    private const string Usage = $"""
        The Audrey config server: configures instances that are launched together.

        Usage: Audrey.Server [--config=FILE] [--OPTION=VALUE ...]
               Audrey.Server --rotate-keys [--config=FILE] [--OPTION=VALUE ...]
               Audrey.Server --help | --version

        Options that are often set (all of them are in docs/operations.md):
          --config=FILE                          settings in JSON; without it {ConfigurationSources.UsualFile}, if there is one
          --urls=URL[;URL]                       where to listen; default {ConfigurationSources.DefaultUrl}
          --Audrey:DataDirectory=DIR             the embedded database and the conductor's credential
          --Audrey:Conductors:0:Key=KEY          the conductor's credential; without one it is made on the first start
          --Audrey:Conductors:0:Secret=SECRET    (better in the file or the environment: other users can read command lines)
          --Audrey:Storage:Kind=PostgreSql       and --Audrey:Storage:ConnectionString=TEXT: several servers, one cluster
          --Audrey:Roles:0=silo                  or gateway; without it both
        --rotate-keys makes a new key in Audrey:Secrets:KeysDirectory, encrypts all secrets in the database with it, and ends.
        The environment takes the same names: AUDREY__STORAGE__KIND=PostgreSql.
        """;

    /// <summary>The text to print, or null if a server is to run.</summary>
    public static string? Answer(string[] args) => args switch
    {
        ["--help" or "-h" or "help", ..] => Usage,
        ["--version", ..] => $"Audrey.Server {Version}",
        _ => null,
    };

    /// <summary>The server's version.</summary>
    public static string Version { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
