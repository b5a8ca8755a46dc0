using System.Runtime.InteropServices;

namespace Audrey.Benchmarks.Storage;

/// <summary>
/// Measures how many appended blocks the disk makes durable in a second. All results of durable writes depend on this number.
/// </summary>
internal static partial class DiskProbe
{
    public static double SyncsPerSecond(string directory, TimeSpan time)
    {
        var path = Path.Combine(directory, $"probe-{Environment.ProcessId}");
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose);
        var block = new byte[4096];
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        var syncs = 0;
        for (; clock.GetElapsedTime(start) < time; syncs++)
        {
            RandomAccess.Write(file, block, (long)syncs * block.Length);
            if (Fdatasync((int)file.DangerousGetHandle()) != 0) throw new IOException($"fdatasync failed on {path}.");
        }

        return syncs / clock.GetElapsedTime(start).TotalSeconds;
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fdatasync(int file);
}
