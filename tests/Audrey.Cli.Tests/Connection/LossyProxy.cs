using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Audrey.Cli.Tests.Connection;

/// <summary>
/// Passes connections to a server, and loses a given number of answers. To lose an answer, it closes the connection instead of passing the
/// first bytes of the answer. The server has then carried out the request, but the command does not know this.
/// </summary>
internal sealed class LossyProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _open = new();
    private readonly Uri _server;
    private readonly Task _accepting;
    private int _losses;

    /// <param name="server">The server.</param>
    /// <param name="losses">The number of answers to lose.</param>
    public LossyProxy(Uri server, int losses)
    {
        (_server, _losses) = (server, losses);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}";

    /// <summary>Gets a value indicating whether the proxy has lost the given number of answers.</summary>
    public bool HasLost => Volatile.Read(ref _losses) <= 0;

    /// <summary>Cuts all connections.</summary>
    public void Cut()
    {
        foreach (var connection in _open.Keys) connection.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        // The token ends the loop. If the listener were stopped first, the next accept would throw "Not listening".
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
        Cut();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = PassAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
            // The proxy was disposed.
        }
    }

    private async Task PassAsync(TcpClient command)
    {
        using var server = new TcpClient();
        using (command)
        {
            _open[command] = true;
            try
            {
                await server.ConnectAsync(_server.Host, _server.Port);
                var (near, far) = (command.GetStream(), server.GetStream());
                await Task.WhenAny(near.CopyToAsync(far), AnswerAsync(far, near));
            }
            catch (Exception broken) when (broken is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // The connection of the other side is closed, too.
            }

            _open.TryRemove(command, out _);
        }
    }

    private async Task AnswerAsync(NetworkStream server, NetworkStream command)
    {
        var buffer = new byte[64 * 1024];
        for (int read; (read = await server.ReadAsync(buffer)) > 0;)
        {
            if (Interlocked.Decrement(ref _losses) >= 0) return;
            await command.WriteAsync(buffer.AsMemory(0, read));
        }
    }
}
