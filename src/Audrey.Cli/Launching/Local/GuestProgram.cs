using Audrey.Cli.Exit;

namespace Audrey.Cli.Launching.Local;

/// <summary>The guest program in the directory of this program: the native binary of a package, or the assembly of a build.</summary>
internal static class GuestProgram
{
    private const string Name = "audrey-instance-config";

    private static string Binary => Path.Combine(AppContext.BaseDirectory, Name);

    private static string Assembly => Binary + ".dll";

    /// <summary>Gets the file to start.</summary>
    public static string FileName =>
        File.Exists(Assembly) ? Environment.ProcessPath is { } dotnet
            && Path.GetFileNameWithoutExtension(dotnet) == "dotnet" ? dotnet : "dotnet" : Binary;

    /// <summary>Gets the arguments that precede the guest program's own arguments.</summary>
    public static string[] Arguments => File.Exists(Assembly) ? [Assembly] : [];

    /// <summary>Ends the command if the guest program is missing.</summary>
    /// <exception cref="CommandFailure">The guest program is missing.</exception>
    public static void ThrowIfMissing()
    {
        if (!File.Exists(Assembly) && !File.Exists(Binary))
            throw new CommandFailure(ExitCode.Failed, $"The guest program {Name} is not in {AppContext.BaseDirectory}: install it there.");
    }
}
