using System.Buffers.Binary;
using System.Reflection;
using System.Threading.Channels;
using Audrey.Abstractions.Connections;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Server.ClientPort;
using Orleans.Runtime;

namespace Audrey.EndToEnd.Tests.ClientPort;

/// <summary>A request that a real client made, whose sender and target a test chooses.</summary>
/// <param name="Bytes">The request.</param>
/// <param name="Target">The place of the target in it.</param>
/// <param name="Rest">The place after the target.</param>
internal sealed record PortMessage(byte[] Bytes, int Target, int Rest)
{
    private const int Sender = 20;

    /// <summary>Creates the request of a client to a grain.</summary>
    public byte[] With(string client, GrainId target)
    {
        byte[] ids = [.. ReachableGrains.Encode(GrainId.Create("sys.client", client)), .. ReachableGrains.Encode(target)];
        byte[] message = [.. Bytes.AsSpan(0, Sender), .. ids, .. Bytes.AsSpan(Rest)];
        BinaryPrimitives.WriteInt32LittleEndian(message, BinaryPrimitives.ReadInt32LittleEndian(Bytes) + message.Length - Bytes.Length);
        return message;
    }

    /// <summary>Finds the target. Returns null if the request is for another one.</summary>
    public static PortMessage? Find(byte[] bytes, string client, GrainId target)
    {
        var (at, id) = (Sender + ReachableGrains.Encode(GrainId.Create("sys.client", client)).Length, ReachableGrains.Encode(target));
        return bytes.AsSpan(at).StartsWith(id) ? new(bytes, at, at + id.Length) : null;
    }
}

/// <summary>Makes requests with a real client of Orleans, without sending them.</summary>
internal sealed class PortMessages : IAsyncDisposable
{
    /// <summary>The requests are sent later, and the silo drops those that are older.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    private readonly Captured _captured = new();
    private readonly Channel<byte[]> _withheld = Channel.CreateUnbounded<byte[]>();
    private volatile bool _isWithholding;
    private RawClient _client = null!;

    private PortMessages()
    {
    }

    /// <summary>Connects. The requests are made from then on.</summary>
    public static async Task<PortMessages> Connect(int port, CallerCredential credential)
    {
        var messages = new PortMessages();
        messages._client = await RawClient.Connect(port, credential, messages.Take, timeout: Timeout);
        messages._isWithholding = true;
        return messages;
    }

    /// <summary>Returns the preamble of a client.</summary>
    public byte[] PreambleOf(string client) => Captured.Replace(_captured.Preamble, _captured.Client, client);

    /// <summary>Makes the request of a call with the default value of each argument.</summary>
    public async Task<PortMessage> Make(Type grainInterface, MethodInfo method, GrainId target)
    {
        var call = _client.Call(grainInterface, method, target);
        _ = call.ContinueWith(unanswered => _ = unanswered.Exception, TaskScheduler.Default);
        while (true)
        {
            var bytes = await _withheld.Reader.ReadAsync().AsTask().Within($"the request of {grainInterface.Name}.{method.Name}");
            if (PortMessage.Find(bytes, _captured.Client, target) is { } found) return found;
        }
    }

    public async ValueTask DisposeAsync() => await _client.DisposeAsync();

    private byte[] Take(byte[] bytes)
    {
        if (!_isWithholding) return _captured.Take(bytes);
        while (bytes.Length > 0)
        {
            var length = 8 + BinaryPrimitives.ReadInt32LittleEndian(bytes) + BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4));
            _withheld.Writer.TryWrite(bytes[..length]);
            bytes = bytes[length..];
        }

        return bytes;
    }
}
