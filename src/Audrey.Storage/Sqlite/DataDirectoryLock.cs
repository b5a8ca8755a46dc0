namespace Audrey.Storage.Sqlite;

/// <summary>
/// Keeps a second server out of a data directory, because each server assumes that it is the only one. The operating system releases the
/// lock when the process ends, even after a crash.
/// </summary>
internal sealed class DataDirectoryLock : IDisposable
{
    public const string FileName = "audrey.lock";

    private readonly FileStream _file;

    private DataDirectoryLock(FileStream file) => _file = file;

    public static DataDirectoryLock Take(string directory)
    {
        EnsureDirectory(directory);
        var path = Path.Combine(Path.GetFullPath(directory), FileName);
        try
        {
            return new DataDirectoryLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException exception)
        {
            throw Unwritable(directory, exception);
        }
        catch (IOException exception)
        {
            throw new StorageStartException(
                $"'{path}' cannot be locked: another server uses this data directory. Stop that server, or give this one its own data "
                + "directory (--Audrey:DataDirectory=DIR).",
                exception);
        }
    }

    public static void EnsureDirectory(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw Unwritable(directory, exception);
        }
    }

    public void Dispose() => _file.Dispose();

    private static StorageStartException Unwritable(string directory, Exception exception) => new(
        $"The data directory '{Path.GetFullPath(directory)}' cannot be written: {exception.Message} Make it a directory that the "
        + "server's user owns, or name another directory (--Audrey:DataDirectory=DIR).",
        exception);
}
