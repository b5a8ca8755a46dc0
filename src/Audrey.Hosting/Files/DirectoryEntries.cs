using System.Runtime.InteropServices;

namespace Audrey.Hosting.Files;

/// <summary>Makes the entries of a directory durable. A flush of a file does not cover its entry in the directory.</summary>
internal static partial class DirectoryEntries
{
    /// <summary>The errors of <c>link</c> on file systems without hard links: EPERM, EOPNOTSUPP and ENOSYS.</summary>
    private const int NotPermitted = 1, NotSupported = 95, NotImplemented = 38;

    /// <summary>AT_FDCWD, and RENAME_NOREPLACE.</summary>
    private const int CurrentDirectory = -100;

    private const uint NoReplace = 1;

    /// <summary>Flushes the directory if the operating system has a call for it. Otherwise does nothing.</summary>
    /// <exception cref="IOException">The directory could not be flushed.</exception>
    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(directory, 0);
        if (descriptor < 0) throw Failed(directory);
        try
        {
            if (Synchronize(descriptor) != 0) throw Failed(directory);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>
    /// Gives a file a name in the same directory, unless that name exists: as a second name, or instead of the first one if the file system
    /// has no second names, as FAT and some network file systems. Unix only.
    /// </summary>
    /// <exception cref="IOException">The name exists already, or the file system can do neither.</exception>
    public static void Name(string path, string name)
    {
        if (AddName(path, name) == 0) return;
        if (Marshal.GetLastPInvokeError() is not (NotPermitted or NotSupported or NotImplemented)) throw NotNamed(name);
        RenameNew(path, name);
    }

    /// <summary>
    /// Renames a file, unless the new name exists. Of several processes that do this at the same time, one succeeds. Linux only.
    /// </summary>
    /// <exception cref="IOException">The name exists already, or the file system cannot do this.</exception>
    public static void RenameNew(string path, string name)
    {
        try
        {
            if (Rename(CurrentDirectory, path, CurrentDirectory, name, NoReplace) != 0) throw NotNamed(name);
        }
        catch (EntryPointNotFoundException missing)
        {
            throw new IOException($"{name} cannot be created: the file system has no hard links. Use a directory on another one.", missing);
        }
    }

    private static IOException NotNamed(string name) =>
        new($"{name} cannot be created: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    private static IOException Failed(string directory) =>
        new($"{directory} cannot be flushed to disk: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int AddName(string path, string name);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Rename(int oldDirectory, string path, int newDirectory, string name, uint flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Synchronize(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
