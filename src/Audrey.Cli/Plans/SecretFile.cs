using Audrey.Cli.Exit;

namespace Audrey.Cli.Plans;

/// <summary>Where a secret goes that is told once: known to be usable before it is asked for.</summary>
internal sealed class SecretFile
{
    private SecretFile(string path) => Path = path;

    public string Path { get; }

    /// <summary>Null when no file was named.</summary>
    /// <exception cref="CommandFailure">The file cannot be written, or would take another one's place.</exception>
    public static SecretFile? Open(string? path)
    {
        if (path is null) return null;
        if (File.Exists(path) || Directory.Exists(path))
            throw new CommandFailure(ExitCode.Usage, $"--output: {path} exists already; name a file that does not.");
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
