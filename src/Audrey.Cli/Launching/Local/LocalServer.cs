using System.Net;
using System.Net.Sockets;
using Audrey.Client;
using Audrey.Core.Ids;
using Audrey.Server;
using Microsoft.AspNetCore.Builder;

namespace Audrey.Cli.Launching.Local;

/// <summary>
/// The server with its embedded defaults, in this process, on free ports, with its data in a directory of the launch.
/// </summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private const int Attempts = 5;

    private readonly WebApplication _server;
    private readonly int _clientPort;
    private readonly ConductorKey _conductor;

    private LocalServer(WebApplication server, int clientPort, ConductorKey conductor)
    {
        (_server, _clientPort, _conductor) = (server, clientPort, conductor);
        Endpoint = new Uri(server.Urls.First());
    }

    /// <summary>Gets the address for guests.</summary>
    public Uri Endpoint { get; }

    /// <summary>Gets the address for clients, in the format of the command's connection options.</summary>
    public string ClientAddress => $"127.0.0.1:{_clientPort}";

    /// <summary>Starts a server with its data in <paramref name="directory"/>.</summary>
    public static async Task<LocalServer> StartAsync(string directory, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            // The silo cannot listen on port 0. If another process takes a free port first, other ports are tried.
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
                return new LocalServer(server, client, AudreyServer.FindConductor(server));
            }
            catch (Exception failure) when (attempt < Attempts && IsPortInUse(failure))
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

    /// <summary>Connects as the conductor.</summary>
    public Task<AudreyClient> ConnectAsync(CancellationToken cancellationToken) => AudreyClient.ConnectAsync(
        new AudreyClientOptions { Conductor = _conductor, Gateways = [ClientAddress], Deadline = TimeSpan.FromSeconds(30) },
        cancellationToken);

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
