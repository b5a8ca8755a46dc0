using System.Security.Cryptography;

namespace Audrey.Hosting.Files;

/// <summary>Creates files that only their owner can read. The files are on the disk before anything relies on them.</summary>
public static class OwnerOnlyFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Creates a file. Readers see the whole file or no file, even after a crash.</summary>
    /// <param name="path">The path. Its directory must exist.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The file exists already, or it cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">This user is not allowed to write the file.</exception>
    public static void Create(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var unfinished = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        try
        {
            var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) create.UnixCreateMode = OwnerOnly;
            using (var file = new FileStream(unfinished, create))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite: false);
            DirectoryEntries.Flush(Path.GetDirectoryName(path)!);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Creates a directory that only its owner can enter, unless the directory exists.</summary>
    /// <exception cref="IOException">The directory cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">This user is not allowed to create the directory.</exception>
    public static void CreateDirectory(string path)
    {
        if (Directory.Exists(path)) return;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        if (Path.GetDirectoryName(path) is { Length: > 0 } parent) DirectoryEntries.Flush(parent);
    }
}
