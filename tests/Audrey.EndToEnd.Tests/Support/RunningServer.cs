using Audrey.Client;
using Audrey.Protocol.Authentication;
using Audrey.Server;
using Microsoft.AspNetCore.Builder;

namespace Audrey.EndToEnd.Tests.Support;

/// <summary>The real server with a silo, a gateway and SQLite. It runs in this process and has its own data directory.</summary>
public sealed class RunningServer : IAsyncDisposable
{
    public const string ConductorKey = "conductor";
    public const string ConductorSecret = "the-secret-of-the-conductor";
    public const string OtherConductorKey = "other-conductor";
    public const string OtherConductorSecret = "the-secret-of-the-other-conductor";

    private readonly WebApplication _server;
    private readonly TempDirectory? _directory;

    private RunningServer((WebApplication Server, int ClientPort) running, TempDirectory? directory)
    {
        var server = running.Server;
        (_server, _directory, ClientPort) = (server, directory, running.ClientPort);
        Endpoint = new Uri(server.Urls.First());
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Endpoint };
    }

    public Uri Endpoint { get; }

    public HttpClient Http { get; }

    /// <summary>The silo's port for the client library.</summary>
    public int ClientPort { get; }

    public IServiceProvider Services => _server.Services;

    public SignedClient Conductor => Client(ConductorKey, ConductorSecret);

    public SignedClient OtherConductor => Client(OtherConductorKey, OtherConductorSecret);

    public static async Task<RunningServer> Start(params string[] settings)
    {
        var directory = new TempDirectory();
        return new RunningServer(await Run(directory.Path, settings), directory);
    }

    /// <summary>Starts a server in a data directory that is kept when the server is disposed.</summary>
    public static async Task<RunningServer> StartIn(string directory, params string[] settings) =>
        new(await Run(directory, settings), null);

    private static async Task<(WebApplication Server, int ClientPort)> Run(string directory, string[] settings)
    {
        var ports = FreePorts.Take(2);
        var server = AudreyServer.Build(
        [
            "--urls=http://127.0.0.1:0",
            $"--Audrey:DataDirectory={directory}",
            $"--Audrey:Silo:Port={ports[0]}",
            $"--Audrey:Silo:GatewayPort={ports[1]}",
            $"--Audrey:Conductors:0:Key={ConductorKey}",
            $"--Audrey:Conductors:0:Secret={ConductorSecret}",
            $"--Audrey:Conductors:1:Key={OtherConductorKey}",
            $"--Audrey:Conductors:1:Secret={OtherConductorSecret}",
            .. settings,
        ]);
        await server.StartAsync();
        return (server, ports[1]);
    }

    /// <summary>Returns a client that signs with this key. The key of a guest is its UUID.</summary>
    public SignedClient Client(string key, string secret) => new(Http, new OAuthSigner(key, secret, TimeProvider.System));

    /// <summary>Returns a client for the guest of an instance whose secret the tests derive from its UUID.</summary>
    public SignedClient Guest(string uuid) => Client(uuid, Protocol.ServerFixture.SecretOf(uuid));

    /// <summary>Returns a client of version 3. The user of a guest is its UUID.</summary>
    public BasicClient Basic(string user, string secret) => new(Http, user, secret);

    /// <summary>Connects the client library.</summary>
    public Task<AudreyClient> Connect(string key, string secret, TimeSpan? deadline = null) => AudreyClient.ConnectAsync(new()
    {
        Conductor = Core.Ids.ConductorKey.Parse(key),
        Secret = secret,
        Gateways = [$"127.0.0.1:{ClientPort}"],
        Deadline = deadline ?? TimeSpan.FromSeconds(30),
        AttemptTimeout = deadline ?? TimeSpan.FromSeconds(15),
    });

    public Task Stop() => _server.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.StopAsync();
        await _server.DisposeAsync();
        _directory?.Dispose();
    }
}
