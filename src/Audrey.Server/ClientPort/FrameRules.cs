using System.Buffers;
using System.Buffers.Binary;
using Audrey.Abstractions.Connections;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Audrey.Server.ClientPort;

/// <summary>
/// The rules for the messages of one connection whose caller has proved who it is. The first message is Orleans' preamble, which names the
/// client. Each further message must be a request from that client to a target that the caller is allowed to reach. A conductor can reach
/// one of Audrey's grains, through one interface. Only the beginning of each header and body is examined, and nothing is deserialized.
/// </summary>
/// <param name="caller">The caller.</param>
/// <param name="reachable">The grains that callers can reach.</param>
/// <param name="preambles">Reads Orleans' preamble.</param>
/// <param name="bind">Reserves a client's id for the caller. Returns false if another caller has it.</param>
internal sealed class FrameRules(
    ProvenCaller caller, ReachableGrains reachable, Serializer<ConnectingClient> preambles, Func<string, bool> bind) : IFrameRule
{
    private const int LengthOfPreambleLength = 4;
    private const int MaxPreamble = 1024;

    /// <summary>
    /// The number of bytes of a header and of a body that are examined. The sender and the target in a header, and the type's name in a
    /// body, are shorter.
    /// </summary>
    private const int MaxLookedAt = 4096;

    /// <summary>The maximum length of a header from a server, which can contain a request context. Orleans has the same limit.</summary>
    private const int MaxHeaderOfServer = 10 * 1024 * 1024;

    /// <summary>The flags that a conductor's request can have.</summary>
    private const HeaderFlags OfConductor = HeaderFlags.ReadOnly | HeaderFlags.AlwaysInterleave | HeaderFlags.Unordered
        | HeaderFlags.InterfaceVersion | HeaderFlags.InterfaceType | HeaderFlags.TimeToLive | HeaderFlags.Request;

    /// <summary>The flags that a server's request can have.</summary>
    private const HeaderFlags OfServer = OfConductor | HeaderFlags.RequestContext | HeaderFlags.LocalOnly | HeaderFlags.SuppressKeepAlive
        | HeaderFlags.OneWay;

    private readonly byte[] _operations = caller.Kind == CallerKind.Conductor ? reachable.OperationsOf(caller.Key) : [];
    private readonly int _maxHeader = caller.Kind == CallerKind.Conductor ? MaxLookedAt : MaxHeaderOfServer;
    private byte[]? _sender;

    public long Judge(ReadOnlySequence<byte> buffer) => _sender is null ? JudgePreamble(buffer) : JudgeMessage(buffer);

    private long JudgePreamble(ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < LengthOfPreambleLength) return 0;
        Span<byte> prefix = stackalloc byte[LengthOfPreambleLength];
        buffer.Slice(0, LengthOfPreambleLength).CopyTo(prefix);
        var length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        if (length is <= 0 or > MaxPreamble) throw new FrameRefusedException("its preamble is too long");
        if (buffer.Length < LengthOfPreambleLength + length) return 0;
        var client = Read(buffer.Slice(LengthOfPreambleLength, length));

        // Only the id of a client is allowed: '+' would make it the id of an observer.
        var key = client.Key.ToString() ?? "";
        if (!client.IsClient() || key.Length == 0 || key.Contains('+', StringComparison.Ordinal))
            throw new FrameRefusedException("its preamble names no client");

        // An id contains its hash. Orleans stores the client under the hash in the preamble, and would not find it for an answer.
        var named = GrainId.Create(client.Type.ToString()!, key);
        if (client.Type.GetHashCode() != named.Type.GetHashCode() || client.Key.GetHashCode() != named.Key.GetHashCode())
            throw new FrameRefusedException("its preamble names a client with a wrong hash");
        if (!bind(key)) throw new FrameRefusedException("its preamble names the client of another caller");
        _sender = ReachableGrains.Encode(named);
        return LengthOfPreambleLength + length;
    }

    private GrainId Read(ReadOnlySequence<byte> preamble)
    {
        try
        {
            return preambles.Deserialize(preamble)?.Client ?? default;
        }
        catch (Exception malformed) when (malformed is not OutOfMemoryException)
        {
            throw new FrameRefusedException("its preamble cannot be read");
        }
    }

    private long JudgeMessage(ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < MessageHeader.LengthOfLengths) return 0;
        Span<byte> lengths = stackalloc byte[MessageHeader.LengthOfLengths];
        buffer.Slice(0, MessageHeader.LengthOfLengths).CopyTo(lengths);
        var (header, body) = (BinaryPrimitives.ReadInt32LittleEndian(lengths), BinaryPrimitives.ReadInt32LittleEndian(lengths[4..]));
        if (header <= 0 || header > _maxHeader || body < 0) throw new FrameRefusedException("its lengths are wrong");
        var (lookedAt, looked) = (Math.Min(header, MaxLookedAt), Math.Min(body, MaxLookedAt));
        if (buffer.Length < MessageHeader.LengthOfLengths + (long)header + looked) return 0;
        var bytes = ArrayPool<byte>.Shared.Rent(lookedAt + looked);
        try
        {
            buffer.Slice(MessageHeader.LengthOfLengths, lookedAt).CopyTo(bytes);
            buffer.Slice(MessageHeader.LengthOfLengths + header, looked).CopyTo(bytes.AsSpan(lookedAt));
            Judge(MessageHeader.Split(bytes.AsSpan(0, lookedAt), bytes.AsSpan(lookedAt, looked)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }

        return MessageHeader.LengthOfLengths + (long)header + body;
    }

    private void Judge(MessageHeader message)
    {
        if (!message.IsFrom(_sender)) throw new FrameRefusedException("its sender is not the client of the connection");
        if (message.IsTo(_sender, reachable.Manifest))
        {
            if (!IsPlainRequest(message) || !message.Calls(ReachableGrains.ManifestInterface))
                throw new FrameRefusedException("it is not a request for the list of grains");
        }
        else if (caller.Kind == CallerKind.Conductor)
        {
            if (!message.IsTo(_sender, _operations)) throw new FrameRefusedException("its target cannot be reached by a conductor");
            if (!IsPlainRequest(message)) throw new FrameRefusedException("it is not a plain request");
            if (!message.Calls(ReachableGrains.OperationsInterface))
                throw new FrameRefusedException("it calls an interface other than that of a conductor's operations");
        }
        else
        {
            JudgeServer(message);
        }
    }

    private static bool IsPlainRequest(MessageHeader message) =>
        (message.Flags & ~OfConductor) == 0 && (message.Flags & HeaderFlags.OneWay) == HeaderFlags.Request;

    private void JudgeServer(MessageHeader message)
    {
        if ((message.Flags & ~OfServer) != 0 || (message.Flags & HeaderFlags.Request) == 0)
            throw new FrameRefusedException("it is not a request");
        foreach (var type in reachable.OurTypes)
            if (message.IsTo(_sender, type)) return;
        throw new FrameRefusedException("its target is not a grain of Audrey");
    }
}
