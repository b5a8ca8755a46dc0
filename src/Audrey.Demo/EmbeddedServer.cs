using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Audrey.Server;
using Microsoft.AspNetCore.Builder;

namespace Audrey.Demo;

/// <summary>The real server with its embedded defaults, on free ports and in a directory of its own that goes with it.</summary>
internal sealed class EmbeddedServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    private EmbeddedServer(WebApplication server, string dataDirectory)
    {
        (_server, DataDirectory) = (server, dataDirectory);
        Endpoint = new Uri(server.Urls.First());
        var credential = JsonNode.Parse(File.ReadAllText(Path.Combine(dataDirectory, "conductor.json")))!;
        (ConductorKey, ConductorSecret) = ((string)credential["key"]!, (string)credential["secret"]!);
    }

    public Uri Endpoint { get; }

    public string DataDirectory { get; }

    /// <summary>Key of the credential that the server made for its conductor at its first start.</summary>
    public string ConductorKey { get; }

    public string ConductorSecret { get; }

    public static async Task<EmbeddedServer> StartAsync()
    {
        var directory = Directory.CreateTempSubdirectory("audrey-demo-").FullName;
        var (silo, gateway) = FreePorts();
        var server = AudreyServer.Build(
        [
            "--urls=http://127.0.0.1:0",
            "--Logging:LogLevel:Default=Error",
            "--Logging:LogLevel:Orleans=Error",
            $"--Audrey:DataDirectory={directory}",
            $"--Audrey:Silo:Port={silo}",
            $"--Audrey:Silo:GatewayPort={gateway}",
        ]);
        await server.StartAsync();
        return new EmbeddedServer(server, directory);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
        Directory.Delete(DataDirectory, recursive: true);
    }

    private static (int, int) FreePorts()
    {
        using var one = new TcpListener(IPAddress.Loopback, 0);
        using var other = new TcpListener(IPAddress.Loopback, 0);
        one.Start();
        other.Start();
        return (((IPEndPoint)one.LocalEndpoint).Port, ((IPEndPoint)other.LocalEndpoint).Port);
    }
}
