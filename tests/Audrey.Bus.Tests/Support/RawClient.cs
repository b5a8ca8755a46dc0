using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Audrey.Bus.Tests.Support;

/// <summary>A client that sends any bytes.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly TcpClient _client = new();
    private NetworkStream? _stream;

    private NetworkStream Stream => _stream!;

    public static async Task<RawClient> ConnectAsync(IPEndPoint endpoint)
    {
        var raw = new RawClient();
        await raw._client.ConnectAsync(endpoint, Limit.Token);
        raw._stream = raw._client.GetStream();
        return raw;
    }

    /// <summary>Connects, signs in, and opens the connection and one session with a sender, whose handle is 0.</summary>
    public static async Task<RawClient> SignInAsync(IPEndPoint endpoint, string user)
    {
        var raw = await ConnectAsync(endpoint);
        var response = Encoding.UTF8.GetBytes($"\0{user}\0secret of {user}");
        await raw.SendAsync([0x41, 0x4d, 0x51, 0x50, 3, 1, 0, 0]);
        var length = (byte)response.Length;
        await raw.SendFrameAsync(1, [0, 0x53, 0x41, 0xc0, (byte)(length + 10), 2, 0xa3, 5, .. "PLAIN"u8, 0xa0, length, .. response]);
        await raw.SendAsync([0x41, 0x4d, 0x51, 0x50, 0, 1, 0, 0]);
        await raw.SendFrameAsync(0, [0, 0x53, 0x10, 0xc0, 4, 1, 0xa1, 1, (byte)'r']);
        await raw.SendFrameAsync(0, [0, 0x53, 0x11, 0xc0, 7, 4, 0x40, 0x43, 0x52, 100, 0x52, 100]);
        byte[] target = [0, 0x53, 0x29, 0xc0, 20, 1, 0xa1, 17, .. "qmf.default.topic"u8];
        byte[] source = [0, 0x53, 0x28, 0x45];
        length = (byte)(target.Length + source.Length + 8);
        await raw.SendFrameAsync(0, [0, 0x53, 0x12, 0xc0, length, 7, 0xa1, 1, (byte)'s', 0x43, 0x42, 0x40, 0x40, .. source, .. target]);
        return raw;
    }

    public async Task SendAsync(byte[] bytes) => await Stream.WriteAsync(bytes, Limit.Token);

    public Task SendFrameAsync(byte type, byte[] body)
    {
        var frame = new byte[body.Length + 8];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length);
        frame[4] = 2;
        frame[5] = type;
        body.CopyTo(frame, 8);
        return SendAsync(frame);
    }

    /// <summary>Sends a part of a message that is not the last one.</summary>
    public Task SendPartAsync(int size) =>
        SendFrameAsync(0, [0, 0x53, 0x14, 0xc0, 9, 6, 0x43, 0x43, 0xa0, 1, 1, 0x43, 0x42, 0x41, .. new byte[size]]);

    /// <summary>Reads until the other side closes the connection, and returns what came.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var received = new MemoryStream();
        try
        {
            await Stream.CopyToAsync(received, Limit.Token);
        }
        catch (IOException)
        {
            // The other side reset the connection.
        }

        return Encoding.Latin1.GetString(received.ToArray());
    }

    /// <summary>Reads until a text has come.</summary>
    public async Task ReadUntilAsync(string text)
    {
        var received = "";
        var buffer = new byte[4096];
        while (!received.Contains(text, StringComparison.Ordinal))
        {
            var read = await Stream.ReadAsync(buffer, Limit.Token);
            if (read == 0) throw new InvalidOperationException($"The other side closed the connection after '{received}'.");
            received += Encoding.Latin1.GetString(buffer.AsSpan(0, read));
        }
    }

    public void Dispose() => _client.Dispose();
}
