using System.Diagnostics;
using Audrey.Cli.Exit;

namespace Audrey.Cli.Launching.Local;

/// <summary>
/// A program that a local launch starts: the assembly or the binary in the directory of the command, or else the one of its package.
/// </summary>
/// <param name="Name">The name of the file.</param>
/// <param name="Package">The package that contains the program.</param>
/// <param name="Installed">The path of the program of the package.</param>
internal sealed record LocalProgram(string Name, string Package, string Installed)
{
    public static readonly LocalProgram Guest = new(
        "audrey-instance-config", "audrey-instance-config", "/usr/bin/audrey-instance-config");

    public static readonly LocalProgram Server = new("Audrey.Server", "audrey-server", "/usr/lib/audrey/Audrey.Server");

    private string Binary => Path.Combine(AppContext.BaseDirectory, Name);

    private string Assembly => Binary + ".dll";

    /// <summary>Returns how to start the program. All its streams are redirected.</summary>
    /// <exception cref="CommandFailure">The program is missing.</exception>
    public ProcessStartInfo StartInfo(params IEnumerable<string> arguments)
    {
        ThrowIfMissing();
        var (file, first) = File.Exists(Assembly) ? (DotNet(), [Assembly])
            : (File.Exists(Binary) ? Binary : Installed, Array.Empty<string>());
        return new ProcessStartInfo(file, [.. first, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
    }

    /// <summary>Ends the command if the program is missing.</summary>
    /// <exception cref="CommandFailure">The program is missing.</exception>
    public void ThrowIfMissing()
    {
        if (!File.Exists(Assembly) && !File.Exists(Binary) && !File.Exists(Installed))
            throw new CommandFailure(
                ExitCode.Failed, $"The program {Name} is not on this machine; --local starts it. Install the package {Package}.");
    }

    private static string DotNet() =>
        Environment.ProcessPath is { } dotnet && Path.GetFileNameWithoutExtension(dotnet) == "dotnet" ? dotnet : "dotnet";
}
