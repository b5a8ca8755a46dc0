using Audrey.Cli.Exit;
using Audrey.Hosting.Files;

namespace Audrey.Cli.Plans;

/// <summary>Reads and writes files that only their owner can read.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The mode of a file without secrets: everybody can read it.</summary>
    public const UnixFileMode Readable = OwnerFile | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode OwnerDirectory = OwnerFile | UnixFileMode.UserExecute;

    private const int MaxBytes = 1024 * 1024;

    public static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerDirectory);
    }

    /// <summary>Reads a file, unless other users can read or change it.</summary>
    /// <exception cref="CommandFailure">The file is missing, or its mode allows more than 0600. The message says what to do.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(file.SafeFileHandle) is var mode && (mode & ~OwnerFile) != 0)
            {
                throw new CommandFailure(
                    ExitCode.Usage,
                    $"{path} is not private: its mode is 0{Convert.ToString((int)mode, 8)}, and at most 0600 is accepted. "
                        + $"Run: chmod 600 {path}. If others could read a secret in it, have the secret changed.");
            }

            if (file.Length > MaxBytes) throw new CommandFailure(ExitCode.Usage, $"{path} is too large; is it the right file?");
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Usage, $"{path} cannot be read: {error.Message}");
        }
    }

    /// <summary>Appends text to a file, and creates the file if it does not exist.</summary>
    public static void Append(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerFile;
        using var file = new FileStream(path, options);
        file.Write(System.Text.Encoding.UTF8.GetBytes(text));
        file.Flush(flushToDisk: true);
    }

    /// <summary>Writes a file atomically. If the process is killed, the previous file is kept.</summary>
    /// <exception cref="IOException">The file exists, and it is not to be replaced.</exception>
    public static void Write(string path, string contents, bool replace = true, UnixFileMode mode = OwnerFile)
    {
        var next = path + ".new";
        File.Delete(next);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
        using (var file = new FileStream(next, options))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(contents));
            file.Flush(flushToDisk: true);
        }

        if (replace)
        {
            File.Move(next, path, overwrite: true);
            return;
        }

        try
        {
            OwnerOnlyFiles.MoveNew(next, path);
        }
        finally
        {
            File.Delete(next);
        }
    }
}
