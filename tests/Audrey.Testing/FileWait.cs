namespace Audrey.Testing;

/// <summary>Waits for a file that another process writes. The operating system reports each change of the file.</summary>
public static class FileWait
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Completes when the file exists. If <paramref name="filled"/> is true, the file must also not be empty. Its directory must exist.
    /// </summary>
    public static async Task UntilExists(string path, bool filled = false)
    {
        using var changes = new SemaphoreSlim(0);
        using var watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        watcher.Created += (_, _) => changes.Release();
        watcher.Changed += (_, _) => changes.Release();
        watcher.Renamed += (_, _) => changes.Release();
        watcher.EnableRaisingEvents = true;
        while (!File.Exists(path) || (filled && new FileInfo(path).Length == 0))
            if (!await changes.WaitAsync(Deadline)) throw new TimeoutException($"{path} was not created.");
    }
}
