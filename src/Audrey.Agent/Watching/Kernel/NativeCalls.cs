using System.Runtime.InteropServices;

namespace Audrey.Agent.Watching.Kernel;

/// <summary>A descriptor for <see cref="NativeCalls.Poll"/>. A negative descriptor is ignored.</summary>
internal struct PollEntry
{
    public int Descriptor;
    public short Wanted;
    public short Happened;
}

/// <summary>An instruction of a filter that the kernel runs for each message of a socket.</summary>
internal readonly record struct FilterInstruction(ushort Code, byte IfTrue, byte IfFalse, uint Value);

/// <summary>The functions of the C library that tell of changes. They return a negative number if they fail.</summary>
internal static partial class NativeCalls
{
    public const short Readable = 1;
    public const int NoBuffers = 105, NoSpace = 28;

    private const int NonBlocking = 0x800, CloseOnExec = 0x80000;
    private const int Netlink = 16, Raw = 3, SocketLevel = 1, AttachFilter = 26, AddressBytes = 12;

    public static string LastError => Marshal.GetLastPInvokeErrorMessage();

    public static int Poll(Span<PollEntry> entries)
    {
        unsafe
        {
            fixed (PollEntry* first = entries) return poll(first, (nuint)entries.Length, -1);
        }
    }

    public static int Read(int descriptor, byte[] buffer) => (int)read(descriptor, buffer, buffer.Length);

    public static int OpenInotify() => inotify_init1(NonBlocking | CloseOnExec);

    public static int AddWatch(int inotify, string path, uint events) => inotify_add_watch(inotify, path, events);

    public static void RemoveWatch(int inotify, int watch) => _ = inotify_rm_watch(inotify, watch);

    public static int Open(string path) => open(path, NonBlocking | CloseOnExec);

    public static int OpenCounter() => eventfd(0, NonBlocking | CloseOnExec);

    public static void Signal(int counter) => _ = write(counter, [1, 0, 0, 0, 0, 0, 0, 0], 8);

    public static void Close(int descriptor)
    {
        if (descriptor >= 0) _ = close(descriptor);
    }

    /// <summary>Opens a netlink socket that receives the messages of groups.</summary>
    /// <param name="protocol">The netlink protocol.</param>
    /// <param name="groups">A bit for each group.</param>
    /// <param name="filter">Selects the messages. Empty for all messages.</param>
    public static int OpenNetlink(int protocol, uint groups, params ReadOnlySpan<FilterInstruction> filter)
    {
        var descriptor = socket(Netlink, Raw | NonBlocking | CloseOnExec, protocol);
        if (descriptor < 0) return descriptor;
        var address = new byte[AddressBytes];
        MemoryMarshal.Write(address, (ushort)Netlink);
        MemoryMarshal.Write(address.AsSpan(8), groups);
        if ((filter.IsEmpty || Attach(descriptor, filter)) && bind(descriptor, address, address.Length) == 0) return descriptor;
        var error = Marshal.GetLastPInvokeError();
        _ = close(descriptor);
        Marshal.SetLastPInvokeError(error);
        return -1;
    }

    private static unsafe bool Attach(int socket, ReadOnlySpan<FilterInstruction> filter)
    {
        fixed (FilterInstruction* first = filter)
        {
            var program = stackalloc nint[2];
            program[0] = filter.Length;
            program[1] = (nint)first;
            return setsockopt(socket, SocketLevel, AttachFilter, program, 2 * sizeof(nint)) == 0;
        }
    }

    [LibraryImport("libc.so.6", SetLastError = true)]
    private static unsafe partial int poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc.so.6", SetLastError = true)]
    private static partial nint read(int descriptor, [Out] byte[] buffer, nint length);

    [LibraryImport("libc.so.6", SetLastError = true)]
    private static partial nint write(int descriptor, byte[] buffer, nint length);

    [LibraryImport("libc.so.6", SetLastError = true)]
    private static partial int inotify_init1(int flags);

    [LibraryImport("libc.so.6", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int inotify_add_watch(int inotify, string path, uint events);

    [LibraryImport("libc.so.6")]
    private static partial int inotify_rm_watch(int inotify, int watch);

    [LibraryImport("libc.so.6", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc.so.6", SetLastError = true)]
    private static partial int eventfd(uint value, int flags);

    [LibraryImport("libc.so.6", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc.so.6", SetLastError = true)]
    private static partial int bind(int descriptor, byte[] address, int length);

    [LibraryImport("libc.so.6", SetLastError = true)]
    private static unsafe partial int setsockopt(int descriptor, int level, int option, void* value, int length);

    [LibraryImport("libc.so.6")]
    private static partial int close(int descriptor);
}
