using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Facts;

namespace Audrey.Agent.Watching.Kernel;

/// <summary>Waits for signs of the kernel in a thread of its own, and puts them into the inboxes of the classes.</summary>
internal sealed class KernelSigns : IKernelSigns, IDisposable
{
    private const int RouteProtocol = 0, SocketProtocol = 4, BufferBytes = 32 * 1024, StackBytes = 256 * 1024;

    /// <summary>The groups of links, and of the addresses and routes of IPv4 and IPv6.</summary>
    private const uint NetworkGroups = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;

    /// <summary>The groups of TCP sockets that end, of IPv4 and IPv6.</summary>
    private const uint EndedSocketGroups = 0x1 | 0x4;

    private const ushort NewRoute = 24, DeletedRoute = 25;
    private const int HeaderBytes = 16;

    /// <summary>
    /// Selects the sockets without a remote port: those that listened. Without this filter, the end of each connection would wake the
    /// program. The remote port is at byte 22 of the message.
    /// </summary>
    private static readonly FilterInstruction[] Listeners =
    [
        new(0x28, 0, 0, 22), new(0x15, 0, 1, 0), new(0x06, 0, 0, uint.MaxValue), new(0x06, 0, 0, 0),
    ];

    private readonly Lock _lock = new();
    private readonly Dictionary<SignInbox, ChangeSigns> _followers = [];
    private readonly FileSigns _files;
    private readonly int _network, _sockets, _hostName, _mounts, _stop = NativeCalls.OpenCounter();
    private readonly Thread _thread;

    /// <summary>Begins to wait.</summary>
    /// <param name="log">Receives the reason if the kernel does not tell of something.</param>
    public KernelSigns(IAgentLog log)
    {
        var once = new OnceLog(log);
        _files = new FileSigns(reason => once.Write(Missing("files", reason)));
        Check("files", _files.Descriptor);
        _network = Check("the network", NativeCalls.OpenNetlink(RouteProtocol, NetworkGroups));
        _sockets = Check("sockets that end", NativeCalls.OpenNetlink(SocketProtocol, EndedSocketGroups, Listeners));
        _hostName = Check("the name of the machine", NativeCalls.Open("/proc/sys/kernel/hostname"));
        _mounts = Check("mounts", NativeCalls.Open("/proc/self/mountinfo"));
        _thread = new Thread(Wait, StackBytes) { IsBackground = true, Name = "signs" };
        _thread.Start();

        int Check(string what, int descriptor)
        {
            if (descriptor < 0) log.Write(Missing(what, NativeCalls.LastError));
            return descriptor;
        }

        static string Missing(string what, string reason) =>
            $"The kernel does not tell of all changes of {what}: {reason}. They are seen only when the facts are read again.";
    }

    public bool Follow(SignInbox inbox, ChangeSigns signs)
    {
        lock (_lock) _followers[inbox] = signs;
        return _files.Follow(inbox, signs.Paths, signs.Programs);
    }

    public void Dispose()
    {
        NativeCalls.Signal(_stop);
        _thread.Join();
        _files.Dispose();
        foreach (var descriptor in new[] { _network, _sockets, _hostName, _mounts, _stop }) NativeCalls.Close(descriptor);
    }

    private void Wait()
    {
        // The last two are files that the kernel marks with an error when they have changed. They are always readable.
        Span<PollEntry> entries =
        [
            Entry(_stop), Entry(_files.Descriptor), Entry(_network), Entry(_sockets), Entry(_hostName, 0), Entry(_mounts, 0),
        ];
        var buffer = new byte[BufferBytes];
        while (true)
        {
            // A negative number means that a signal has interrupted the call.
            if (NativeCalls.Poll(entries) < 0) continue;
            if (entries[0].Happened != 0) return;
            if (entries[1].Happened != 0) _files.Read(buffer);
            if (entries[2].Happened != 0 && Drain(_network, buffer, IsOfNetwork)) Tell(signs => signs.Network, Sign.Change);
            if (entries[3].Happened != 0 && Drain(_sockets, buffer, static _ => true)) Tell(signs => signs.Listeners, Sign.Glance);
            if (entries[4].Happened != 0) Tell(signs => signs.HostName, Sign.Change);
            if (entries[5].Happened != 0) Tell(signs => signs.Paths.Count > 0, Sign.Glance);
        }

        static PollEntry Entry(int descriptor, short wanted = NativeCalls.Readable) => new() { Descriptor = descriptor, Wanted = wanted };
    }

    /// <summary>Reads all messages of a socket. Returns whether one of them is selected, or messages were lost.</summary>
    private static bool Drain(int socket, byte[] buffer, Func<ReadOnlyMemory<byte>, bool> select)
    {
        var selected = false;
        while (true)
        {
            var length = NativeCalls.Read(socket, buffer);
            if (length > 0) selected |= select(buffer.AsMemory(0, length));
            else if (length < 0 && Marshal.GetLastPInvokeError() == NativeCalls.NoBuffers) selected = true;
            else return selected;
        }
    }

    /// <summary>Returns whether one of the messages is about something else than a route to a part of the network.</summary>
    private static bool IsOfNetwork(ReadOnlyMemory<byte> messages)
    {
        for (var rest = messages.Span; rest.Length > HeaderBytes + 1;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
            var destinationBits = rest[HeaderBytes + 1];
            if (BinaryPrimitives.ReadUInt16LittleEndian(rest[4..]) is not (NewRoute or DeletedRoute) || destinationBits == 0) return true;
            if (length < HeaderBytes) return true;
            rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        }

        return false;
    }

    private void Tell(Func<ChangeSigns, bool> select, Sign sign)
    {
        lock (_lock)
            foreach (var (inbox, signs) in _followers)
                if (select(signs))
                    inbox.Add(sign);
    }
}
