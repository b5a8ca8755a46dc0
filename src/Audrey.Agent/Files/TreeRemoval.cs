using System.Globalization;
using System.Runtime.InteropServices;
using Audrey.Agent.Diagnostics;

namespace Audrey.Agent.Files;

/// <summary>
/// Deletes folders. A symbolic link is removed, and its target is kept. A folder on which a file system is
/// mounted is kept, because a service may have mounted a volume there.
/// </summary>
internal static partial class TreeRemoval
{
    private const int PathOnly = 0x200000, CloseOnExec = 0x80000;

    /// <summary>
    /// Deletes the folder as far as possible. Returns whether everything was deleted. The log names each remaining file and folder.
    /// </summary>
    public static bool Delete(string path, IAgentLog? log = null)
    {
        var kept = new List<string>();
        if (File.Exists(path) || IsLink(path)) DeleteFile(path, kept);
        else if (Directory.Exists(path)) DeleteFolder(path, FindMount(Path.GetDirectoryName(path)!), kept);
        foreach (var reason in kept) log?.Write(reason);
        return kept.Count == 0;
    }

    /// <summary>Returns whether the path itself is a symbolic link.</summary>
    public static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    private static void DeleteFolder(string path, string? parentMount, List<string> kept)
    {
        // A bind mount can be on the same device as its parent, so the device does not identify the mount. The number of the mount
        // identifies it.
        var mount = FindMount(path);
        if (mount is null || mount != parentMount)
        {
            kept.Add(Mounted(path));
            return;
        }

        var before = kept.Count;
        foreach (var entry in Directory.EnumerateFileSystemEntries(path))
            if (IsLink(entry) || !Directory.Exists(entry)) DeleteFile(entry, kept);
            else DeleteFolder(entry, mount, kept);
        if (kept.Count == before) Directory.Delete(path);
    }

    /// <summary>A file can be a mount too. The kernel refuses to delete a mounted file.</summary>
    private static void DeleteFile(string path, List<string> kept)
    {
        try
        {
            File.Delete(path);
        }
        catch (IOException failure) when (IsMounted(failure))
        {
            kept.Add(Mounted(path));
        }
        catch (UnauthorizedAccessException)
        {
            // Not even root can delete an immutable file.
            kept.Add($"{path}: the system does not allow to delete it");
        }
    }

    private static string Mounted(string path) => $"{path}: a file system is mounted here, so it is not deleted";

    /// <summary>Returns whether the kernel refused to delete or to replace a file because it is a mount.</summary>
    public static bool IsMounted(IOException failure)
    {
        const int busy = 16;
        return failure.HResult == busy;
    }

    /// <summary>Returns the number of the mount that the folder is on. Null if the number cannot be determined.</summary>
    public static string? FindMount(string path)
    {
        const string label = "mnt_id:";
        var descriptor = open(path, PathOnly | CloseOnExec);
        if (descriptor < 0) return null;
        try
        {
            var info = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fdinfo/{descriptor}"));
            return info.FirstOrDefault(line => line.StartsWith(label, StringComparison.Ordinal));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    [LibraryImport("libc.so.6", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc.so.6")]
    private static partial int close(int descriptor);
}
