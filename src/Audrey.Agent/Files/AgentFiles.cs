namespace Audrey.Agent.Files;

/// <summary>Writes the agent's own files, with mode 0600, and makes its directories, with mode 0700.</summary>
internal static class AgentFiles
{
    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;

    public static void CreateFolder(string path) => Directory.CreateDirectory(path, FolderMode);

    /// <summary>
    /// Replaces a file in one step. After a crash the file has either all of the old contents or all of the new contents.
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
    }

    /// <summary>Writes a program with mode 0700.</summary>
    public static void WriteExecutable(string path, ReadOnlySpan<byte> contents)
    {
        Write(path, contents);
        File.SetUnixFileMode(path, FolderMode);
    }
}
