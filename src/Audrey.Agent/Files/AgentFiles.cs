using System.Runtime.InteropServices;

namespace Audrey.Agent.Files;

/// <summary>Writes the agent's own files, with mode 0600, and makes its directories, with mode 0700.</summary>
internal static partial class AgentFiles
{
    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;

    private const int ReadOnly = 0, CloseOnExec = 0x80000;

    public static void CreateFolder(string path) => Directory.CreateDirectory(path, FolderMode);

    /// <summary>
    /// Replaces a file in one step. After a crash the file has either all of the old contents or all of the new contents. When the method
    /// returns, the new contents are on disk under the file's name.
    /// </summary>
    public static void Write(string path, ReadOnlySpan<byte> contents)
    {
        var next = path + ".new";
        File.Delete(next);
        var options = new FileStreamOptions { Mode = System.IO.FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = FileMode };
        using (var file = new FileStream(next, options))
        {
            file.Write(contents);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>
    /// Writes the names in a folder to disk. Without this step, a power cut can undo the creation or the rename of a file.
    /// </summary>
    public static void FlushFolder(string path)
    {
        var descriptor = open(path, ReadOnly | CloseOnExec);
        if (descriptor < 0) return;
        // Some file systems have no such operation for a folder. There the rename itself is all that can be done.
        _ = fsync(descriptor);
        _ = close(descriptor);
    }

    /// <summary>Writes all files of the folder's file system to disk. Used after many files were written at once.</summary>
    public static void FlushFileSystem(string path)
    {
        var descriptor = open(path, ReadOnly | CloseOnExec);
        if (descriptor < 0) return;
        _ = syncfs(descriptor);
        _ = close(descriptor);
    }

    /// <summary>Writes a program with mode 0700.</summary>
    public static void WriteExecutable(string path, ReadOnlySpan<byte> contents)
    {
        Write(path, contents);
        File.SetUnixFileMode(path, FolderMode);
    }

    [LibraryImport("libc.so.6", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc.so.6")]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc.so.6")]
    private static partial int syncfs(int descriptor);

    [LibraryImport("libc.so.6")]
    private static partial int close(int descriptor);
}
