using System.Globalization;
using System.Runtime.InteropServices;
using Audrey.Agent.Diagnostics;

namespace Audrey.Agent.Files;

/// <summary>
/// Deletes folders and replaces their contents. A symbolic link is removed, but its target is not. A folder on which a file system is
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
        var mounts = new List<string>();
        if (File.Exists(path) || IsLink(path)) File.Delete(path);
        else if (Directory.Exists(path)) DeleteFolder(path, FindMount(Path.GetDirectoryName(path)!), mounts);
        foreach (var mount in mounts) log?.Write($"{mount}: a file system is mounted here, so it is not deleted");
        return mounts.Count == 0;
    }

    /// <summary>Moves the contents of a folder into another folder. The other contents of that folder are kept.</summary>
    /// <exception cref="IOException">The target already has a different file or folder under one of the names.</exception>
    public static void Merge(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from))
        {
            var target = Path.Combine(to, Path.GetFileName(file));
            if (!Path.Exists(target) && !IsLink(target)) File.Move(file, target);
            else if (!IsSameFile(file, target)) throw new IOException($"{target} is in the way");
        }

        foreach (var folder in Directory.EnumerateDirectories(from))
        {
            var target = Path.Combine(to, Path.GetFileName(folder));
            if (IsLink(target) || File.Exists(target)) throw new IOException($"{target} is in the way");
            Directory.CreateDirectory(target, File.GetUnixFileMode(folder));
            Merge(folder, target);
        }
    }

    private static bool IsSameFile(string file, string other) =>
        !IsLink(other) && File.Exists(other) && File.ReadAllBytes(file).AsSpan().SequenceEqual(File.ReadAllBytes(other));

    private static void DeleteFolder(string path, string? parentMount, List<string> mounts)
    {
        // A bind mount can be on the same device as its parent, so the device does not identify the mount. The number of the mount does.
        var mount = FindMount(path);
        if (mount is null || mount != parentMount)
        {
            mounts.Add(path);
            return;
        }

        var before = mounts.Count;
        foreach (var entry in Directory.EnumerateFileSystemEntries(path))
            if (IsLink(entry) || !Directory.Exists(entry)) DeleteFile(entry, mounts);
            else DeleteFolder(entry, mount, mounts);
        if (mounts.Count == before) Directory.Delete(path);
    }

    /// <summary>A file can be a mount too. The kernel refuses to delete it.</summary>
    private static void DeleteFile(string path, List<string> mounts)
    {
        const int busy = 16;
        try
        {
            File.Delete(path);
        }
        catch (IOException failure) when (failure.HResult == busy)
        {
            mounts.Add(path);
        }
    }

    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    /// <summary>Returns the number of the mount that the folder is on. Null if the number cannot be determined.</summary>
    private static string? FindMount(string path)
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
