using System.Runtime.InteropServices;

namespace Audrey.Benchmarks.Storm;

/// <summary>The limit on the open files of a process. It also limits the number of connections.</summary>
internal static partial class OpenFiles
{
    private const int NumberOfFiles = 7; // RLIMIT_NOFILE, Linux

    /// <summary>The maximum number of connections of a process. Some files are reserved for other purposes.</summary>
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
