using System.Runtime.InteropServices;
using System.Text;

namespace Audrey.Agent.Processes;

/// <summary>
/// Starts programs with posix_spawn. The framework's Process would not do: values are bytes and must reach the environment as they
/// are, output goes to files so that a daemon left behind never blocks or breaks on a pipe, and a process group is needed to end
/// what a script has started.
/// </summary>
internal static unsafe partial class NativeSpawn
{
    private const string C = "libc.so.6";
    private const int WriteOnly = 1, Create = 0x40, Append = 0x400;
    private const uint OwnerOnly = 0b110_000_000;
    private const short SetProcessGroup = 0x02, SetSignalDefaults = 0x04, SetSignalMask = 0x08;

    /// <summary>More than the opaque structures of any libc for Linux take.</summary>
    private const int OpaqueBytes = 1024;

    private const int Interrupted = 4;

    public const int Terminate = 15;
    public const int Kill = 9;

    /// <summary>Starts a program in a process group of its own, with no input and its output in files.</summary>
    /// <param name="path">The program's absolute path.</param>
    /// <param name="arguments">Its arguments, the program's name first.</param>
    /// <param name="environment">Its whole environment: NAME=VALUE in bytes, without a NUL.</param>
    /// <param name="output">Where its output is appended; made with mode 0600.</param>
    /// <param name="error">The same for its errors; may be the same file.</param>
    /// <param name="pid">The process, which is also its group.</param>
    /// <returns>0, or why it could not be started (errno).</returns>
    public static int Start(
        string path, IReadOnlyList<string> arguments, IReadOnlyList<byte[]> environment, string output, string error, out int pid)
    {
        var actions = stackalloc byte[OpaqueBytes];
        var attributes = stackalloc byte[OpaqueBytes];
        var signals = stackalloc byte[OpaqueBytes];
        using var text = new NativeTexts();
        Check(posix_spawn_file_actions_init(actions));
        Check(posix_spawnattr_init(attributes));
        try
        {
            Check(posix_spawn_file_actions_addopen(actions, 0, text.Add("/dev/null"), 0, 0));
            Check(posix_spawn_file_actions_addopen(actions, 1, text.Add(output), WriteOnly | Create | Append, OwnerOnly));
            Check(posix_spawn_file_actions_addopen(actions, 2, text.Add(error), WriteOnly | Create | Append, OwnerOnly));

            // The runtime ignores SIGPIPE, and ignored signals are inherited: a script's pipeline would never end.
            Check(posix_spawnattr_setflags(attributes, SetProcessGroup | SetSignalDefaults | SetSignalMask));
            Check(sigemptyset(signals));
            Check(posix_spawnattr_setsigmask(attributes, signals));
            Check(sigfillset(signals));
            Check(posix_spawnattr_setsigdefault(attributes, signals));
            return posix_spawn(
                out pid, text.Add(path), actions, attributes, text.AddAll(arguments.Select(Encoding.UTF8.GetBytes)), text.AddAll(environment));
        }
        finally
        {
            _ = posix_spawnattr_destroy(attributes);
            _ = posix_spawn_file_actions_destroy(actions);
        }
    }

    /// <summary>Waits until the process has ended: its exit status, or 128 and the signal that ended it.</summary>
    public static int Wait(int pid)
    {
        int status, got;
        do got = waitpid(pid, out status, 0);
        while (got < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        if (got < 0) throw new InvalidOperationException($"The end of process {pid} could not be learnt (error {Marshal.GetLastPInvokeError()}).");
        var signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    }

    /// <summary>Sends a signal to the process's group; one that has ended is no error.</summary>
    public static void Signal(int pid, int signal) => _ = kill(-pid, signal);

    private static void Check(int error)
    {
        if (error != 0) throw new InvalidOperationException($"A program's start could not be prepared (error {error}).");
    }

    [LibraryImport(C)]
    private static partial int posix_spawn(out int pid, byte* path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport(C)]
    private static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport(C)]
    private static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport(C)]
    private static partial int posix_spawn_file_actions_addopen(void* actions, int descriptor, byte* path, int flags, uint mode);

    [LibraryImport(C)]
    private static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport(C)]
    private static partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport(C)]
    private static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport(C)]
    private static partial int posix_spawnattr_setsigdefault(void* attributes, void* signals);

    [LibraryImport(C)]
    private static partial int posix_spawnattr_setsigmask(void* attributes, void* signals);

    [LibraryImport(C)]
    private static partial int sigfillset(void* signals);

    [LibraryImport(C)]
    private static partial int sigemptyset(void* signals);

    [LibraryImport(C, SetLastError = true)]
    private static partial int waitpid(int pid, out int status, int options);

    [LibraryImport(C)]
    private static partial int kill(int pid, int signal);
}
