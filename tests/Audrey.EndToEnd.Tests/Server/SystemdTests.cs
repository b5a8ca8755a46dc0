using System.Net;
using System.Net.Sockets;
using System.Text;
using Audrey.EndToEnd.Tests.Crash;
using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Server;

/// <summary>Starts the server process as systemd does, with a socket for its messages.</summary>
[Collection(ProcessTests.Name)]
public sealed class SystemdTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly Socket _systemd = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public void Dispose()
    {
        _systemd.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task The_server_says_that_it_is_ready_when_it_answers_and_says_that_it_stops()
    {
        await using var server = await StartAsync();

        Assert.Equal("READY=1\nSTATUS=ready", await ReceiveUntilAsync("READY=1"));
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/health/ready")).StatusCode);

        await server.RequestStop();
        Assert.Equal("STOPPING=1", await ReceiveUntilAsync("STOPPING=1"));
        Assert.Equal(0, await server.WaitForEnd());
    }

    /// <summary>The input of the server is empty, so it ends at once.</summary>
    [Fact]
    public async Task The_server_stops_when_its_input_ends()
    {
        await using var server = await ServerProcess.StartWithConductorBy(
            ["sh", "-c", "exec \"$@\" </dev/null", "sh"],
            [$"--Audrey:DataDirectory={_directory.File("data")}", "--stop-at-end-of-input"]);

        Assert.Equal(0, await server.WaitForEnd());
    }

    private Task<ServerProcess> StartAsync()
    {
        var path = _directory.File("notify");
        _systemd.Bind(new UnixDomainSocketEndPoint(path));
        return ServerProcess.StartWithConductorBy(
            ["env", $"NOTIFY_SOCKET={path}"], [$"--Audrey:DataDirectory={_directory.File("data")}"]);
    }

    /// <summary>Returns the first message that contains a text. Other messages say what the server waits for.</summary>
    private async Task<string> ReceiveUntilAsync(string text)
    {
        var buffer = new byte[4096];
        while (true)
        {
            var size = await _systemd.ReceiveAsync(buffer, SocketFlags.None).Within($"the message {text}");
            var message = Encoding.UTF8.GetString(buffer, 0, size);
            if (message.Contains(text, StringComparison.Ordinal)) return message;
            Assert.StartsWith("STATUS=not ready: ", message, StringComparison.Ordinal);
        }
    }
}
