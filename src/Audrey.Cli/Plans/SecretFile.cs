using System.CommandLine;
using Audrey.Cli.Exit;

namespace Audrey.Cli.Plans;

/// <summary>A new file for a secret. The file is checked before the secret is requested.</summary>
internal sealed class SecretFile
{
    private SecretFile(string path) => Path = path;

    public string Path { get; }

    /// <summary>Creates the option for the path.</summary>
    public static Option<string?> Option() => new("--output", "-o")
    {
        Description = "A new file for the secret, readable only by you. Without this option the secret is printed.",
        HelpName = "FILE",
    };

    /// <summary>Checks that the file can be created. Returns null if no path was given.</summary>
    /// <exception cref="CommandFailure">The file cannot be written, or it already exists.</exception>
    public static SecretFile? Open(string? path)
    {
        if (path is null) return null;
        if (File.Exists(path) || Directory.Exists(path))
            throw new CommandFailure(ExitCode.Usage, $"--output: {path} exists already; give the name of a new file.");
        try
        {
            PrivateFiles.Write(path, "");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Usage, $"--output: {error.Message}");
        }

        File.Delete(path);
        return new SecretFile(path);
    }

    public void Write(string secret) => PrivateFiles.Write(Path, secret + "\n");
}
