namespace Audrey.Agent.Tests.Support;

/// <summary>Waits for what another process writes, by the system's word of it.</summary>
internal static class Appearing
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Completes once the file is there and, where that is asked for, not empty. Its directory must be there.</summary>
    public static async Task File(string path, bool filled = false)
    {
        using var changes = new SemaphoreSlim(0);
        using var watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        watcher.Created += (_, _) => changes.Release();
        watcher.Changed += (_, _) => changes.Release();
        watcher.Renamed += (_, _) => changes.Release();
        watcher.EnableRaisingEvents = true;
        while (!System.IO.File.Exists(path) || (filled && new FileInfo(path).Length == 0))
            Assert.True(await changes.WaitAsync(Deadline), $"{path} did not appear");
    }
}
