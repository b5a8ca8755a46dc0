using System.Reflection;
using Audrey.Server.Settings;

namespace Audrey.Server.Startup;

/// <summary>Prints the output that the command line requests instead of running a server.</summary>
internal static class CommandLine
{
    private const string Usage = $"""
        The Audrey config server: configures instances that are launched together.

        Usage: Audrey.Server [--config=FILE] [--SETTING=VALUE ...]
               Audrey.Server --rotate-keys [--config=FILE] [--SETTING=VALUE ...]
               Audrey.Server --help | --version

        Frequent settings (docs/operations.md lists all of them):
          --config=FILE                          settings in JSON; default {ConfigurationSources.DefaultFile}, if it exists
          --urls=URL[;URL]                       addresses to listen on; default {ConfigurationSources.DefaultUrl}
          --Audrey:DataDirectory=DIR             the SQLite database and the conductor's credential
          --Audrey:Conductors:0:Key=KEY          the conductor's credential; without one, the first start creates it
          --Audrey:Conductors:0:Secret=SECRET    (safer in the file or the environment: other users can read command lines)
          --Audrey:Storage:Kind=PostgreSql       with --Audrey:Storage:ConnectionString=TEXT: several servers, one cluster
          --Audrey:Roles:0=silo                  or gateway; default both
        --rotate-keys creates a new key in Audrey:Secrets:KeysDirectory, encrypts all secrets in the database with it, and exits.
        --stop-at-end-of-input stops the server when its standard input ends, so that the server ends with the program that started it.
        Environment variables have the same names: AUDREY__STORAGE__KIND=PostgreSql.
        """;

    /// <summary>Returns the text to print. Null if a server must be run.</summary>
    public static string? Answer(string[] args) => args switch
    {
        ["--help" or "-h" or "help", ..] => Usage,
        ["--version", ..] => $"Audrey.Server {Version}",
        _ => null,
    };

    /// <summary>Gets the server's version.</summary>
    public static string Version { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? "0.0.0";
}
