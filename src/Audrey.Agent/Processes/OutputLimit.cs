namespace Audrey.Agent.Processes;

/// <summary>
/// Keeps a file that a program writes to within bounds: when it is too long its end is moved to a file beside it and it begins anew. The
/// program goes on writing to the same file. What it writes in the moment between is lost, which is less of a harm than a full disk.
/// </summary>
internal static class OutputLimit
{
    /// <summary>How often the files of a program that runs are looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>The file beside it, with what was printed before.</summary>
    public static string EarlierOf(string path) => path + ".1";

    /// <summary>Cuts the file off if it is longer than that; of what it held the last half of that is kept.</summary>
    public static void Apply(string path, long most)
    {
        try
        {
            if (!File.Exists(path) || new FileInfo(path).Length <= most) return;
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            file.Seek(-Math.Min(most / 2, file.Length), SeekOrigin.End);
            File.Delete(EarlierOf(path));
            using (var earlier = new FileStream(EarlierOf(path), new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }))
                Copy(file, earlier, most / 2);

            file.SetLength(0);
        }
        catch (IOException)
        {
            // The disk is full already, or the file is no regular one: the program's time is a bound as well.
        }
    }

    /// <summary>A program that writes as fast as this reads must not make it go on for ever.</summary>
    private static void Copy(FileStream from, FileStream to, long most)
    {
        var buffer = new byte[64 * 1024];
        while (most > 0 && from.Read(buffer, 0, (int)Math.Min(buffer.Length, most)) is > 0 and var read)
        {
            to.Write(buffer, 0, read);
            most -= read;
        }
    }
}
