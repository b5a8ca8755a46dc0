using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Audrey.EndToEnd.Tests.Crash;
using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Server;

/// <summary>The certificate of an HTTPS endpoint is replaced while the server runs.</summary>
[Collection(ProcessTests.Name)]
public sealed class HttpsCertificateTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly TestAuthority _authority = new();

    public void Dispose()
    {
        _authority.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("Kestrel:Endpoints:Https:Certificate")]
    [InlineData("Kestrel:Certificates:Default")]
    public async Task New_connections_use_a_replaced_certificate_and_open_ones_stay(string section)
    {
        var path = _directory.File("https");
        var first = _authority.Issue(path, "127.0.0.1");
        await using var server = await Start(section, path);
        await using var open = await Connection.Open(server.Endpoint);
        Assert.Equal(first, open.Certificate);
        Assert.StartsWith("HTTP/1.1 200", await open.Get("/version"), StringComparison.Ordinal);

        // Files that cannot be used: the certificate is no certificate, and then it does not belong to the key.
        var (certificate, key) = (await File.ReadAllTextAsync(path + ".pem"), await File.ReadAllTextAsync(path + ".key"));
        await File.WriteAllTextAsync(path + ".pem", "no certificate");
        await ConnectUntil(server, () => server.Log.Text.Contains("is not a PEM file with a certificate", StringComparison.Ordinal), first);
        var second = _authority.Issue(path, "127.0.0.1");
        var newKey = await File.ReadAllTextAsync(path + ".key");
        await File.WriteAllTextAsync(path + ".key", key);
        await ConnectUntil(server, () => server.Log.Text.Contains("is not the key of the certificate", StringComparison.Ordinal), first);
        Assert.NotEqual(certificate, await File.ReadAllTextAsync(path + ".pem"));

        await File.WriteAllTextAsync(path + ".key", newKey);
        await ConnectUntil(server, () => server.Log.Text.Contains("The TLS certificates were replaced. New", StringComparison.Ordinal));
        await using var fresh = await Connection.Open(server.Endpoint);
        Assert.Equal(second, fresh.Certificate);
        Assert.StartsWith("HTTP/1.1 200", await open.Get("/version"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await fresh.Get("/version"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_does_not_start_with_a_key_of_another_certificate()
    {
        var path = _directory.File("https");
        _authority.Issue(path, "127.0.0.1");
        _authority.Issue(_directory.File("other"), "127.0.0.1");
        File.Copy(_directory.File("other.key"), path + ".key", overwrite: true);
        var failure = await ServerProcess.Fail(Settings("Kestrel:Endpoints:Https:Certificate", path));
        Assert.Contains("Kestrel:Endpoints:Https:Certificate:KeyPath is '", failure.Error, StringComparison.Ordinal);
        Assert.Contains("is not the key of the certificate in", failure.Error, StringComparison.Ordinal);
    }

    private Task<ServerProcess> Start(string section, string path) => ServerProcess.Start(Settings(section, path));

    private string[] Settings(string section, string path) =>
    [
        $"--Audrey:DataDirectory={_directory.Path}", "--Kestrel:Endpoints:Https:Url=https://127.0.0.1:0", $"--{section}:Path={path}.pem",
        $"--{section}:KeyPath={path}.key",
    ];

    /// <summary>Opens connections until the condition holds, because the server looks at the files when someone connects.</summary>
    private static async Task ConnectUntil(ServerProcess server, Func<bool> condition, string? expected = null)
    {
        using var deadline = new CancellationTokenSource(Deadlines.Generous);
        while (!condition())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await using var connection = await Connection.Open(server.Endpoint);
            if (expected is not null) Assert.Equal(expected, connection.Certificate);
        }
    }

    /// <summary>A connection over TLS that accepts any certificate.</summary>
    private sealed class Connection(TcpClient client, SslStream stream) : IAsyncDisposable
    {
        /// <summary>The SHA-256 of the certificate of the server.</summary>
        public string Certificate => stream.RemoteCertificate!.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

        [SuppressMessage("Security", "CA5359", Justification = "The test compares the certificate itself.")]
        public static async Task<Connection> Open(Uri server)
        {
            var client = new TcpClient();
            await client.ConnectAsync(server.Host, server.Port);
            var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
            await stream.AuthenticateAsClientAsync("127.0.0.1");
            return new(client, stream);
        }

        /// <summary>Sends a request and returns the beginning of the answer. The connection stays open.</summary>
        public async Task<string> Get(string path)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: h\r\nAccept: text/xml\r\n\r\n"));
            var answer = new byte[16 * 1024];
            var length = 0;
            while (!Encoding.ASCII.GetString(answer, 0, length).Contains("</config-server>", StringComparison.Ordinal))
            {
                var read = await stream.ReadAsync(answer.AsMemory(length));
                if (read == 0) throw new EndOfStreamException("The server closed the connection.");
                length += read;
            }

            return Encoding.ASCII.GetString(answer, 0, length);
        }

        public async ValueTask DisposeAsync()
        {
            await stream.DisposeAsync();
            client.Dispose();
        }
    }
}
