using System.Runtime.InteropServices;
using System.Text;

namespace Audrey.Agent.Processes;

/// <summary>
/// Starts programs with posix_spawn. The framework's Process cannot be used for three reasons. Values are bytes, and must reach the
/// environment unchanged. Output is written to files. So a daemon that a script leaves behind never blocks or fails on a pipe. And a
/// process group is needed to end the processes that a script has started.
/// </summary>
internal static unsafe partial class NativeSpawn
{
    private const string C = "libc.so.6";
    private const int WriteOnly = 1, Create = 0x40, Append = 0x400;
    private const uint OwnerOnly = 0b110_000_000;
    private const short SetProcessGroup = 0x02, SetSignalDefaults = 0x04, SetSignalMask = 0x08;

    /// <summary>A size that is larger than the opaque structures of any libc for Linux.</summary>
    private const int OpaqueBytes = 1024;

    private const int Interrupted = 4;

    public const int Terminate = 15;
    public const int Kill = 9;

    /// <summary>Starts a program in a new process group, with empty input and with its output in files.</summary>
    /// <param name="path">The absolute path of the program.</param>
    /// <param name="arguments">The arguments. The first is the program's name.</param>
    /// <param name="environment">The whole environment: NAME=VALUE in bytes, without a NUL byte.</param>
    /// <param name="output">The file that standard output is appended to. The file is created with mode 0600.</param>
    /// <param name="error">
    /// The file that standard error is appended to. The file is created with mode 0600. The file can be the file of standard output.
    /// </param>
    /// <param name="pid">The process, which is also the process group.</param>
    /// <returns>0, or the errno if the program could not be started.</returns>
    public static int Start(
        string path, IReadOnlyList<string> arguments, IReadOnlyList<byte[]> environment, string output, string error, out int pid)
    {
        var actions = stackalloc byte[OpaqueBytes];
        var attributes = stackalloc byte[OpaqueBytes];
        var signals = stackalloc byte[OpaqueBytes];
        using var text = new NativeStrings();
        Check(posix_spawn_file_actions_init(actions));
        Check(posix_spawnattr_init(attributes));
        try
        {
            Check(posix_spawn_file_actions_addopen(actions, 0, text.Add("/dev/null"), 0, 0));
            Check(posix_spawn_file_actions_addopen(actions, 1, text.Add(output), WriteOnly | Create | Append, OwnerOnly));
            Check(posix_spawn_file_actions_addopen(actions, 2, text.Add(error), WriteOnly | Create | Append, OwnerOnly));

            // The runtime ignores SIGPIPE, and ignored signals are inherited. Without a reset of the signals, a pipeline in a script would
            // never end.
            Check(posix_spawnattr_setflags(attributes, SetProcessGroup | SetSignalDefaults | SetSignalMask));
            Check(sigemptyset(signals));
            Check(posix_spawnattr_setsigmask(attributes, signals));
            Check(sigfillset(signals));
            Check(posix_spawnattr_setsigdefault(attributes, signals));
            var argv = text.AddAll(arguments.Select(Encoding.UTF8.GetBytes));
            return posix_spawn(out pid, text.Add(path), actions, attributes, argv, text.AddAll(environment));
        }
        finally
        {
            _ = posix_spawnattr_destroy(attributes);
            _ = posix_spawn_file_actions_destroy(actions);
        }
    }

    /// <summary>Waits until the process has ended. Returns the exit status, or 128 plus the signal that ended it.</summary>
    public static int Wait(int pid)
    {
        int status, got;
        do got = waitpid(pid, out status, 0);
        while (got < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        if (got < 0) throw new InvalidOperationException($"Waiting for process {pid} failed (error {Marshal.GetLastPInvokeError()}).");
        var signal = status & 0x7f;
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal;
    }

    /// <summary>Sends a signal to the process group. If the group has ended, this is not an error.</summary>
    public static void Signal(int pid, int signal) => _ = kill(-pid, signal);

    private static void Check(int error)
    {
        if (error != 0) throw new InvalidOperationException($"A program could not be prepared for its start (error {error}).");
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
