using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Audrey.Benchmarks.Http;

/// <summary>One guest on a connection of its own, with as little memory as ten thousand of them in one process need.</summary>
internal sealed class WaitingGuest : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[2 * 1024];
    private int _filled;

    /// <summary>When the last answer asked to come again, at the earliest.</summary>
    public TimeSpan RetryAfter { get; private set; }

    /// <summary>Connects.</summary>
    /// <param name="endpoint">The server, on this machine.</param>
    /// <param name="number">Tells guests apart: they come from several addresses, so that there are ports for more than one address has.</param>
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

    /// <summary>Reads an answer; returns its status and its entity tag, if it has one.</summary>
    public async Task<(int Status, string Tag)> ReceiveAsync()
    {
        while (true)
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(_filled));
            if (read == 0) throw new IOException("The server closed the connection");
            _filled += read;
            if (Whole(out var status, out var tag)) return (status, tag);
        }
    }

    public void Dispose() => _socket.Dispose();

    private bool Whole(out int status, out string tag)
    {
        (status, tag) = (0, "");
        var given = _buffer.AsSpan(0, _filled);
        var head = given.IndexOf("\r\n\r\n"u8);
        if (head < 0) return false;
        var length = Header(given[..head], "Content-Length: "u8) is { Length: > 0 } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        if (_filled < head + 4 + length) return false;
        status = int.Parse(given.Slice(9, 3), NumberStyles.None, CultureInfo.InvariantCulture);
        if (Header(given[..head], "Retry-After: "u8) is { Length: > 0 } seconds) RetryAfter = TimeSpan.FromSeconds(int.Parse(seconds, NumberStyles.None, CultureInfo.InvariantCulture));
        tag = Header(given[..head], "ETag: W/"u8);
        return true;
    }

    private static string Header(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        var at = head.IndexOf(name);
        if (at < 0) return "";
        var rest = head[(at + name.Length)..];
        var end = rest.IndexOf((byte)'\r');
        return System.Text.Encoding.ASCII.GetString(end < 0 ? rest : rest[..end]);
    }
}
