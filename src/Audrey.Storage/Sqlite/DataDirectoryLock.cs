using Audrey.Hosting.Files;

namespace Audrey.Storage.Sqlite;

/// <summary>
/// Keeps a second server out of a data directory, because each server assumes that no other server uses the directory. The directory itself
/// is locked, so a second server cannot evade the lock by removing a file. The file <c>audrey.lock</c> is also locked, because version
/// 0.1.0 locks only that file. The operating system releases both locks when the process ends, even after a crash.
/// </summary>
internal sealed class DataDirectoryLock : IDisposable
{
    public const string FileName = "audrey.lock";

    private readonly DirectoryLock _directory;
    private readonly FileStream _file;

    private DataDirectoryLock(DirectoryLock directory, FileStream file) => (_directory, _file) = (directory, file);

    // The error code of a lock that another process holds.
    private static int HeldCode => OperatingSystem.IsWindows() ? 32 : OperatingSystem.IsMacOS() ? 35 : 11;

    public static DataDirectoryLock Take(string directory)
    {
        EnsureDirectory(directory);
        var path = Path.Combine(Path.GetFullPath(directory), FileName);
        var locked = DirectoryLock.TryTake(directory) ?? throw Held(path, null);
        try
        {
            OwnerOnlyFiles.Ensure(path);
            return new(locked, new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception exception)
        {
            locked.Dispose();
            if (exception is IOException && (exception.HResult & 0xFFFF) == HeldCode) throw Held(path, exception);
            if (exception is IOException or UnauthorizedAccessException) throw Unwritable(directory, exception);
            throw;
        }
    }

    public static void EnsureDirectory(string directory)
    {
        try
        {
            OwnerOnlyFiles.CreateDirectory(Path.GetFullPath(directory));
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw Unwritable(directory, exception);
        }
    }

    /// <summary>Returns the error for a data directory in which this user cannot write.</summary>
    public static StorageStartException Unwritable(string directory, Exception exception) => new(
        $"The data directory '{Path.GetFullPath(directory)}' cannot be used: {exception.Message} Make it a directory that the "
        + "server's user owns and can write, or name another directory (--Audrey:DataDirectory=DIR).",
        exception);

    public void Dispose()
    {
        _file.Dispose();
        _directory.Dispose();
    }

    private static StorageStartException Held(string path, Exception? exception) => new(
        $"'{path}' cannot be locked: another server uses this data directory. Stop that server, or give this one its own data "
        + "directory (--Audrey:DataDirectory=DIR).",
        exception);
}
