using System.Security.Cryptography;

namespace Audrey.Hosting.Files;

/// <summary>
/// Creates files that only their owner can read, and removes other users' access to existing files. A new file is flushed to disk before it
/// gets its name.
/// </summary>
public static class OwnerOnlyFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Group = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;

    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Creates a file. Readers see the whole file or no file, even after a crash.</summary>
    /// <param name="path">The path of the file. The directory must exist.</param>
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

            MoveNew(unfinished, path);
            DirectoryEntries.Flush(Path.GetDirectoryName(path)!);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>
    /// Gives a finished file its name, unless that name exists. Of several processes that do this at the same time, one succeeds. <see
    /// cref="File.Move(string, string, bool)"/> would let a later process replace the file of an earlier one, because it only checks
    /// before it renames.
    /// </summary>
    /// <param name="unfinished">
    /// The finished file. On most file systems of Unix it stays, as a second name of the same file. The caller deletes it.
    /// </param>
    /// <param name="path">The new name, in the same directory.</param>
    /// <exception cref="IOException">The name exists already, or the file system does not permit it.</exception>
    public static void MoveNew(string unfinished, string path)
    {
        if (OperatingSystem.IsWindows()) File.Move(unfinished, path, overwrite: false);
        else DirectoryEntries.Name(unfinished, path);
    }

    /// <summary>Creates an empty file, unless the file exists. Only its owner can read it afterwards; see <see cref="Restrict"/>.</summary>
    /// <exception cref="IOException">The file cannot be created, or its mode cannot be changed.</exception>
    /// <exception cref="UnauthorizedAccessException">This user is not allowed to create the file.</exception>
    public static void Ensure(string path)
    {
        if (!File.Exists(path))
        {
            try
            {
                var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
                if (!OperatingSystem.IsWindows()) create.UnixCreateMode = OwnerOnly;
                new FileStream(path, create).Dispose();
                return;
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another process was faster.
            }
        }

        Restrict(path);
    }

    /// <summary>
    /// Removes other users' access to a file. Does nothing if there is no such file. If another user owns the file, its group keeps its
    /// access, because only an administrator can have arranged that.
    /// </summary>
    /// <exception cref="IOException">All users have access, and the mode cannot be changed. The message names the remedy.</exception>
    public static void Restrict(string path)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(path)) return;
        var mode = File.GetUnixFileMode(path);
        if ((mode & (Group | Others)) == 0) return;
        try
        {
            File.SetUnixFileMode(path, mode & OwnerOnly);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            if ((mode & Others) == 0) return;
            throw new IOException(
                $"All users of this machine have access to {path}, and that cannot be changed: {denied.Message} Run 'chmod 600 {path}' as "
                + "the owner of the file.",
                denied);
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
