using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Audrey.Protocol.Tests.Authentication;

namespace Audrey.Protocol.Tests.Docs;

/// <summary>The examples in docs/guest-protocol.md work.</summary>
public sealed class GuestProtocolPageTests
{
    private const string Uuid = "my sql+|é~";
    private const string Secret = "s3cr&t% é";

    [Fact]
    public void The_signature_of_the_example_is_correct()
    {
        var blocks = Blocks("text").ToList();
        var wire = new Wire(Query: blocks[1].TrimEnd('\n'), Host: "config.example.com:4567");
        Assert.True(wire.Verify("s3cr&t", out var baseString));
        Assert.Equal(blocks[0].Replace("\n", "", StringComparison.Ordinal), baseString);
    }

    [Fact]
    public async Task The_shell_guest_polls_until_its_configuration_is_complete()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var guest = StartGuest($"http://{listener.LocalEndpoint}");
        var output = guest.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = guest.StandardError.ReadToEndAsync(deadline.Token);

        var incomplete = await AnswerAsync(listener, "404 Not Found", "", deadline.Token);
        var complete = await AnswerAsync(listener, "200 OK", "|service|http|", deadline.Token);
        await guest.WaitForExitAsync(deadline.Token);

        Assert.Equal("", await errors);
        Assert.Equal("|service|http|", await output);
        Assert.Equal("/configs/0/my%20sql%2B%7C%C3%A9~", complete.Path);
        Assert.NotEqual(incomplete.Query, complete.Query);
        Assert.True(incomplete.Verify(Secret, out var details), details);
        Assert.True(complete.Verify(Secret, out details), details);
        Assert.False(complete.Verify("other"));
    }

    [Fact]
    public async Task The_shell_guest_fails_when_it_is_not_authorized()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var guest = StartGuest($"http://{listener.LocalEndpoint}");
        var errors = guest.StandardError.ReadToEndAsync(deadline.Token);

        await AnswerAsync(listener, "401 Unauthorized", "Not Authorized\n", deadline.Token);
        await guest.WaitForExitAsync(deadline.Token);

        Assert.Equal(1, guest.ExitCode);
        Assert.Contains("401", await errors, StringComparison.Ordinal);
    }

    private static async Task<Wire> AnswerAsync(TcpListener listener, string status, string body, CancellationToken cancellation)
    {
        using var client = await listener.AcceptTcpClientAsync(cancellation);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var request = (await reader.ReadLineAsync(cancellation))!.Split(' ');
        var host = "";
        while (await reader.ReadLineAsync(cancellation) is { Length: > 0 } header)
            if (header.StartsWith("Host:", StringComparison.OrdinalIgnoreCase)) host = header[5..].Trim();

        var answer = $"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), cancellation);
        var target = request[1].Split('?', 2);
        return new Wire(request[0], target[0], target[1], Host: host);
    }

    private static Process StartGuest(string server)
    {
        foreach (var (tool, package) in (ReadOnlySpan<(string, string)>)[("/usr/bin/curl", "curl"), ("/usr/bin/openssl", "openssl")])
            Assert.True(File.Exists(tool), $"{tool} is missing. Install the Debian package {package}.");

        var start = new ProcessStartInfo("/bin/sh", ["-c", Blocks("sh").Single()])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AUDREY_SERVER"] = server;
        start.Environment["AUDREY_UUID"] = Uuid;
        start.Environment["AUDREY_SECRET"] = Secret;
        start.Environment["AUDREY_INTERVAL"] = "0";
        start.Environment["no_proxy"] = "*";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException("/bin/sh does not start. Install the Debian package dash.", e);
        }
    }

    private static IEnumerable<string> Blocks(string language)
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Docs", "guest-protocol.md"));
        return page.Split($"\n```{language}\n").Skip(1).Select(rest => rest[..(rest.IndexOf("\n```", StringComparison.Ordinal) + 1)]);
    }
}
