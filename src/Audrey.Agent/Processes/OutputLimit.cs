using Audrey.Agent.Files;

namespace Audrey.Agent.Processes;

/// <summary>
/// Limits the size of a file that a program writes to. If the file is too large, its end is moved to a second file and the first file is
/// emptied. The program continues to write to the same file. Output that is written during the move is lost. This loss does less harm than
/// a full disk.
/// </summary>
internal static class OutputLimit
{
    /// <summary>The maximum size of a file of output.</summary>
    public const long MaxBytes = 16 * 1024 * 1024;

    /// <summary>The interval at which the files of a running program are checked.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Returns the path of the file with the earlier output.</summary>
    public static string EarlierPath(string path) => path + ".1";

    /// <summary>
    /// Deletes the output of an earlier run. No other file is deleted, because the folder may be a link to another folder.
    /// </summary>
    public static void DeleteFiles(string folder)
    {
        foreach (var name in (string[])["stdout", "stderr"])
        {
            var path = Path.Combine(folder, name);
            File.Delete(path);
            File.Delete(EarlierPath(path));
        }
    }

    /// <summary>
    /// Empties the file if it is larger than the maximum. The last part of the contents is kept in a second file. This part has half of the
    /// maximum size.
    /// </summary>
    public static void Apply(string path, long maxBytes)
    {
        try
        {
            if (!File.Exists(path) || new FileInfo(path).Length <= maxBytes) return;
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            file.Seek(-Math.Min(maxBytes / 2, file.Length), SeekOrigin.End);
            File.Delete(EarlierPath(path));
            using (var earlier = new FileStream(EarlierPath(path), new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = AgentFiles.FileMode,
            }))
                Copy(file, earlier, maxBytes / 2);

            file.SetLength(0);
        }
        catch (IOException)
        {
            // The disk is already full, or this is not a regular file. The program's time limit still applies.
        }
    }

    /// <summary>Empties the file if it is larger than the maximum, without keeping any of it.</summary>
    public static void Empty(string path, long maxBytes)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            if (file.Length > maxBytes) file.SetLength(0);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The process has ended, or this is not a regular file.
        }
    }

    /// <summary>
    /// Copies at most <paramref name="maxBytes"/> bytes. Without a limit the copy might not end, because the program may write as fast as
    /// this method reads.
    /// </summary>
    private static void Copy(FileStream from, FileStream to, long maxBytes)
    {
        var buffer = new byte[64 * 1024];
        while (maxBytes > 0 && from.Read(buffer, 0, (int)Math.Min(buffer.Length, maxBytes)) is > 0 and var read)
        {
            to.Write(buffer, 0, read);
            maxBytes -= read;
        }
    }
}
