using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Audrey.Benchmarks.Http;

/// <summary>
/// A keep-alive HTTP/1.1 connection that uses little processor time in the load generator. It sends bytes and returns the status and the
/// body.
/// </summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];

    public static async Task<RawClient> ConnectAsync(Uri endpoint)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync(endpoint.Host, endpoint.Port);
        return client;
    }

    public async Task<(int Status, string Body)> SendAsync(ReadOnlyMemory<byte> request)
    {
        while (request.Length > 0) request = request[await _socket.SendAsync(request)..];
        var (filled, head) = (0, -1);
        while (true)
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(filled));
            if (read == 0) throw new IOException("The server closed the connection.");
            filled += read;
            if (head < 0) head = _buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
            if (head < 0) continue;
            var length = ContentLength(_buffer.AsSpan(0, head));
            if (filled < head + 4 + length) continue;
            var status = int.Parse(_buffer.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture);
            return (status, Encoding.UTF8.GetString(_buffer, head + 4, length));
        }
    }

    public void Dispose() => _socket.Dispose();

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        var start = head.IndexOf("Content-Length: "u8);
        if (start < 0) return 0;
        var value = head[(start + 16)..];
        var end = value.IndexOf((byte)'\r');
        return int.Parse(end < 0 ? value : value[..end], NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
