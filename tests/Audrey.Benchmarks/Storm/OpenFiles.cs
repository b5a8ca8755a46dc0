using System.Runtime.InteropServices;

namespace Audrey.Benchmarks.Storm;

/// <summary>How many files, and so connections, a process may have open.</summary>
internal static partial class OpenFiles
{
    private const int NumberOfFiles = 7; // RLIMIT_NOFILE, Linux

    /// <summary>Connections that a process may have, with files left for everything else.</summary>
    public static int Connections =>
        GetLimit(NumberOfFiles, out var limit) == 0 ? (int)Math.Min(limit.Soft, 1_000_000) - 1000 : throw new InvalidOperationException("The bound on open files cannot be read");

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Limit
    {
        public readonly ulong Soft;
        public readonly ulong Hard;
    }
}
