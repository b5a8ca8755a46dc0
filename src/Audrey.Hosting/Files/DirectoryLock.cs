using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Audrey.Hosting.Files;

/// <summary>
/// An exclusive lock on a directory itself. A lock on a file in the directory could be evaded by removing that file. This lock cannot. The
/// operating system releases the lock when the process ends, even after a crash.
/// </summary>
public sealed partial class DirectoryLock : IDisposable
{
    private const int Exclusive = 2;
    private const int NonBlocking = 4;

    // Null if the operating system or the file system cannot lock directories.
    private readonly SafeFileHandle? _directory;

    private DirectoryLock(SafeFileHandle? directory) => _directory = directory;

    // A child process must not inherit the descriptor, because it would keep the lock.
    private static int CloseOnExecute => OperatingSystem.IsMacOS() ? 0x0100_0000 : 0x0008_0000;

    private static int WouldBlock => OperatingSystem.IsMacOS() ? 35 : 11;

    /// <summary>Locks a directory without waiting. The lock has no effect where directories cannot be locked, as on Windows.</summary>
    /// <returns>The lock. Null if someone else holds it.</returns>
    public static DirectoryLock? TryTake(string directory)
    {
        if (OperatingSystem.IsWindows()) return new(null);
        var descriptor = Open(directory, CloseOnExecute);
        if (descriptor < 0) return new(null);
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Lock(descriptor, Exclusive | NonBlocking) == 0) return new(handle);
        var isHeld = Marshal.GetLastPInvokeError() == WouldBlock;
        handle.Dispose();
        return isHeld ? null : new(null);
    }

    /// <summary>Releases the lock.</summary>
    public void Dispose() => _directory?.Dispose();

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Lock(int descriptor, int operation);
}
