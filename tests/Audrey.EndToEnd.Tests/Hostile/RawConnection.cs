using System.Net.Sockets;
using System.Text;
using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Hostile;

/// <summary>A connection to the server on which a test sends any bytes.</summary>
internal sealed class RawConnection : IDisposable
{
    private const int MaxHead = 64 * 1024;

    private readonly StringBuilder _received = new();
    private readonly NetworkStream _stream;

    // The server may already have reset the connection, so the client is not asked for its stream later.
    private RawConnection(TcpClient client) => _stream = client.GetStream();

    public static async Task<RawConnection> Open(Uri server)
    {
        var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port);
        return new RawConnection(client);
    }

    /// <summary>Sends text, one byte for each character.</summary>
    public Task<bool> Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends bytes. Returns false if the server has closed the connection.</summary>
    public async Task<bool> Send(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await _stream.WriteAsync(bytes);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Returns the head of the answer. Empty if the server closes the connection without an answer.</summary>
    public async Task<string> ReceiveHead()
    {
        var piece = new byte[4096];
        while (true)
        {
            var text = _received.ToString();
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0 || text.Length > MaxHead) return end < 0 ? text : text[..end];
            try
            {
                var length = await _stream.ReadAsync(piece);
                if (length == 0) return text;
                _received.Append(Encoding.Latin1.GetString(piece, 0, length));
            }
            catch (IOException)
            {
                return text;
            }
        }
    }

    /// <summary>Returns the status of the answer. 0 if there is no answer.</summary>
    public async Task<int> ReceiveStatus() => StatusOf(await ReceiveHead().Within("an answer"));

    /// <summary>Returns the status in the head of an answer. 0 if there is none.</summary>
    public static int StatusOf(string head) =>
        head.Split(' ', 3) is [_, var status, _] && int.TryParse(status, out var number) ? number : 0;

    public void Dispose() => _stream.Dispose();
}
