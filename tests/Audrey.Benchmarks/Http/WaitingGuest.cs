using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Audrey.Benchmarks.Http;

/// <summary>A guest on its own connection. It uses little memory, so that ten thousand guests fit into one process.</summary>
internal sealed class WaitingGuest : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[2 * 1024];
    private int _filled;

    /// <summary>The retry delay in the last answer.</summary>
    public TimeSpan RetryAfter { get; private set; }

    /// <summary>Connects.</summary>
    /// <param name="endpoint">The server, on this machine.</param>
    /// <param name="number">
    /// The number of the guest. It selects a local address, because one address does not have enough ports for all guests.
    /// </param>
    public static async Task<WaitingGuest> ConnectAsync(Uri endpoint, int number = 0)
    {
        var guest = new WaitingGuest();
        if (number > 0) guest._socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(2 + number % 16)]), 0));
        await guest._socket.ConnectAsync(endpoint.Host, endpoint.Port);
        return guest;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> request)
    {
        _filled = 0;
        while (request.Length > 0) request = request[await _socket.SendAsync(request)..];
    }

    /// <summary>Reads an answer. Returns its status and its entity tag. The tag is empty if the answer has none.</summary>
    public async Task<(int Status, string Tag)> ReceiveAsync()
    {
        while (true)
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(_filled));
            if (read == 0) throw new IOException("The server closed the connection.");
            _filled += read;
            if (TryParse(out var status, out var tag)) return (status, tag);
        }
    }

    public void Dispose() => _socket.Dispose();

    private bool TryParse(out int status, out string tag)
    {
        (status, tag) = (0, "");
        var answer = _buffer.AsSpan(0, _filled);
        var length = answer.IndexOf("\r\n\r\n"u8);
        if (length < 0) return false;
        var head = answer[..length];
        if (_filled < length + 4 + (Number(Header(head, "Content-Length: "u8)) ?? 0)) return false;
        status = int.Parse(answer.Slice(9, 3), NumberStyles.None, CultureInfo.InvariantCulture);
        if (Number(Header(head, "Retry-After: "u8)) is { } seconds) RetryAfter = TimeSpan.FromSeconds(seconds);
        tag = Header(head, "ETag: W/"u8);
        return true;
    }

    private static int? Number(string text) => text.Length > 0 ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    private static string Header(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        var start = head.IndexOf(name);
        if (start < 0) return "";
        var value = head[(start + name.Length)..];
        var end = value.IndexOf((byte)'\r');
        return System.Text.Encoding.ASCII.GetString(end < 0 ? value : value[..end]);
    }
}
