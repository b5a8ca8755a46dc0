using System.Runtime.InteropServices;

namespace Audrey.Benchmarks.Storm;

/// <summary>The limit of open files, and so of connections, of a process.</summary>
internal static partial class OpenFiles
{
    private const int NumberOfFiles = 7; // RLIMIT_NOFILE, Linux

    /// <summary>The maximum number of connections of a process. It leaves files for other purposes.</summary>
    public static int MaxConnections => GetLimit(NumberOfFiles, out var limit) == 0
        ? (int)Math.Min(limit.Soft, 1_000_000) - 1000
        : throw new InvalidOperationException("The limit of open files cannot be read.");

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Limit
    {
        public readonly ulong Soft;
        public readonly ulong Hard;
    }
}
