using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Audrey.Agent.Facts.Network;

/// <summary>Asks the kernel for all of its links, addresses or routes.</summary>
internal static partial class NetlinkSocket
{
    public const ushort GetLink = 18, GetAddress = 22, GetRoute = 26;

    private const int FamilyNetlink = 16, Raw = 3, CloseOnExec = 0x80000;
    private const ushort Request = 0x1, Dump = 0x300, Interrupted = 0x10;
    private const ushort Error = 2, Done = 3;
    private const int HeaderBytes = 16, PayloadBytes = 16, BufferBytes = 64 * 1024;

    /// <summary>Returns the payload of each message of the answer, without its header.</summary>
    /// <param name="type">The type of the request, for example <see cref="GetLink"/>.</param>
    /// <exception cref="FactException">The kernel does not answer, or something changed during the answer.</exception>
    public static IReadOnlyList<byte[]> Ask(ushort type)
    {
        var descriptor = socket(FamilyNetlink, Raw | CloseOnExec, 0);
        if (descriptor < 0) throw Failed();
        try
        {
            var request = new byte[HeaderBytes + PayloadBytes];
            BinaryPrimitives.WriteInt32LittleEndian(request, request.Length);
            BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(4), type);
            BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(6), Request | Dump);
            if (send(descriptor, request, request.Length, 0) != request.Length) throw Failed();
            var payloads = new List<byte[]>();
            var buffer = new byte[BufferBytes];
            while (true)
            {
                var length = (int)recv(descriptor, buffer, buffer.Length, 0);
                if (length <= 0) throw Failed();
                if (Take(buffer.AsSpan(0, length), payloads)) return payloads;
            }
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    /// <summary>Adds the payloads of the messages. Returns whether the answer is complete.</summary>
    public static bool Take(ReadOnlySpan<byte> messages, List<byte[]> payloads)
    {
        while (messages.Length >= HeaderBytes)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(messages);
            var type = BinaryPrimitives.ReadUInt16LittleEndian(messages[4..]);
            var flags = BinaryPrimitives.ReadUInt16LittleEndian(messages[6..]);
            if (length < HeaderBytes || length > messages.Length) throw new FactException("the kernel's answer is cut off");
            if ((flags & Interrupted) != 0) throw new FactException("the network changed while it was read; try again");
            if (type == Done) return true;
            if (type == Error) throw new FactException("the kernel refuses the request");
            payloads.Add(messages[HeaderBytes..length].ToArray());
            messages = messages[Math.Min((length + 3) & ~3, messages.Length)..];
        }

        return false;
    }

    private static FactException Failed() => new($"netlink: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc.so.6", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc.so.6", SetLastError = true)]
    private static partial nint send(int descriptor, byte[] bytes, nint length, int flags);

    [LibraryImport("libc.so.6", SetLastError = true)]
    private static partial nint recv(int descriptor, [Out] byte[] bytes, nint length, int flags);

    [LibraryImport("libc.so.6")]
    private static partial int close(int descriptor);
}
