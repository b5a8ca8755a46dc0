using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Audrey.Agent.Tests.Support;

/// <summary>A received request.</summary>
internal sealed record FakeRequest(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>Returns a decoded field of a form body.</summary>
    public string? Field(string name) => Encoding.ASCII.GetString(Body).Split('&')
        .Select(pair => pair.Split('=', 2))
        .Where(pair => pair[0] == name)
        .Select(pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')))
        .FirstOrDefault();
}

/// <summary>The bytes of an answer, and options for the connection.</summary>
internal sealed record FakeReply(byte[] Bytes)
{
    public bool Reset { get; init; }

    /// <summary>Keeps the connection open until the test ends, without sending another byte.</summary>
    public bool Hang { get; init; }

    /// <summary>Sends single bytes until the client stops reading.</summary>
    public bool Drip { get; init; }

    public static FakeReply Create(int status, string body, string headers = "") => Create(status, Encoding.UTF8.GetBytes(body), headers);

    public static FakeReply Create(int status, byte[] body, string headers = "") =>
        new([.. Encoding.ASCII.GetBytes($"HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {body.Length}\r\n{headers}\r\n"),
            .. body]);
}

/// <summary>An HTTP server on a raw socket, so that it can violate the protocol. Each connection serves one request.</summary>
internal sealed class FakeHttp : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<FakeRequest, FakeReply> _answer;
    private readonly Task _accepting;

    private readonly X509Certificate2? _certificate;

    /// <summary>Starts the server. With a certificate it uses TLS.</summary>
    public FakeHttp(Func<FakeRequest, FakeReply> answer, X509Certificate2? certificate = null)
    {
        (_answer, _certificate) = (answer, certificate);
        _listener.Start();
        Endpoint = new Uri($"{(certificate is null ? "http" : "https")}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    public Uri Endpoint { get; }

    public async ValueTask DisposeAsync()
    {
        // The loop ends by the token. A listener that is stopped first makes the next accept throw "Not listening".
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var owned = client;
        try
        {
            await using var stream = await OpenAsync(client);
            if (await ReadAsync(stream) is not { } request) return;
            var reply = _answer(request);
            await stream.WriteAsync(reply.Bytes, _stop.Token);
            if (reply.Hang) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
            while (reply.Drip)
            {
                await stream.WriteAsync("x"u8.ToArray(), _stop.Token);
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, _stop.Token);
            }

            if (reply.Reset) client.Client.LingerState = new LingerOption(true, 0);
        }
        catch (Exception end) when (
            end is OperationCanceledException or IOException or SocketException or ObjectDisposedException or AuthenticationException)
        {
            // The client closed the connection, or the test ended.
        }
    }

    private async Task<Stream> OpenAsync(TcpClient client)
    {
        if (_certificate is null) return client.GetStream();
        var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
        return tls;
    }

    private async Task<FakeRequest?> ReadAsync(Stream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!(head.Count >= 4 && head[^4] == '\r' && head[^3] == '\n' && head[^2] == '\r' && head[^1] == '\n'))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0) return null;
            head.Add(one[0]);
        }

        var lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var first = lines[0].Split(' ');
        var target = first[1].Split('?', 2);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair =>
            pair[1], StringComparer.OrdinalIgnoreCase);
        var body = new byte[headers.TryGetValue("Content-Length", out var length)
            ? int.Parse(length, System.Globalization.CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body, _stop.Token);
        return new FakeRequest(first[0], target[0], target.Length > 1 ? target[1] : "", headers, body);
    }
}
