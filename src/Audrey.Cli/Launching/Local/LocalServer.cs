using System.Net;
using System.Net.Sockets;
using Audrey.Cli.Connection;
using Audrey.Cli.Profiles;
using Audrey.Server;
using Microsoft.AspNetCore.Builder;

namespace Audrey.Cli.Launching.Local;

/// <summary>
/// A server in this process with the embedded defaults and free ports. The server's data is in a directory of the launch.
/// </summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private const int MaxAttempts = 5;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly WebApplication _server;
    private readonly string _directory;

    private LocalServer(WebApplication server, string directory)
    {
        (_server, _directory) = (server, directory);
        Endpoint = new Uri(server.Urls.First());
    }

    /// <summary>Gets the address for guests and conductors.</summary>
    public Uri Endpoint { get; }

    /// <summary>Starts a server with its data in <paramref name="directory"/>.</summary>
    public static async Task<LocalServer> StartAsync(string directory, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            // The silo cannot listen on port 0. If another process takes a chosen port first, other ports are tried.
            var (silo, client) = FreePorts();
            var server = AudreyServer.Build(
            [
                "--urls=http://127.0.0.1:0",
                "--Logging:LogLevel:Default=None",
                $"--Audrey:DataDirectory={directory}",
                $"--Audrey:Silo:Port={silo}",
                $"--Audrey:Silo:GatewayPort={client}",
            ]);
            try
            {
                await server.StartAsync(cancellationToken);
                return new LocalServer(server, directory);
            }
            catch (Exception failure) when (attempt < MaxAttempts && IsPortInUse(failure))
            {
                await server.DisposeAsync();
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Creates a client with the credential that the server created.</summary>
    public GatewayClient Connect()
    {
        var path = Path.Combine(_directory, ProfileSelection.CredentialName);
        var (key, secret) = CredentialFile.Read(path);
        var profile = new Profile { Name = Profile.Local, Url = Endpoint.ToString(), Key = key, SecretFile = path };
        return new GatewayClient(profile, secret, Deadline, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
    }

    private static bool IsPortInUse(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
            if (failure is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }) return true;

        return false;
    }

    private static (int Silo, int Client) FreePorts()
    {
        using var silo = new TcpListener(IPAddress.Loopback, 0);
        using var client = new TcpListener(IPAddress.Loopback, 0);
        silo.Start();
        client.Start();
        return (((IPEndPoint)silo.LocalEndpoint).Port, ((IPEndPoint)client.LocalEndpoint).Port);
    }
}
