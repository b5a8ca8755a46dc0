using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Audrey.Server;
using Audrey.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Audrey.Client.Tests.Cluster;

/// <summary>
/// One server with its data in a temporary directory. Clients connect to it over TCP, each as an operator with its own key.
/// </summary>
public sealed class OneServer : IAsyncLifetime
{
    private static readonly string[] Conductors =
    [
        "administrator", "life", "failure", "single", "lister", "other lister", "twice", "owner", "stranger", "sources", "cancelled",
        "patient", "stopped", "again", "refused", "taken", "both", "conductor", "labelled", "compared", "other",
        "counted",
    ];

    private readonly int[] _ports = FreePorts.Take(2);
    private TempDirectory? _directory;
    private WebApplication? _server;
    private ulong _requests;

    /// <summary>Gets the address for clients.</summary>
    public string Gateway => $"127.0.0.1:{_ports[1]}";

    public async Task InitializeAsync()
    {
        _directory = new TempDirectory();
        _server = AudreyServer.Build(
        [
            "--urls=http://127.0.0.1:0",
            "--Logging:LogLevel:Default=None",
            $"--Audrey:DataDirectory={_directory.Path}",
            $"--Audrey:Silo:Port={_ports[0]}",
            $"--Audrey:Silo:GatewayPort={_ports[1]}",
            .. Conductors.Index().SelectMany(conductor => (string[])
            [
                $"--Audrey:Conductors:{conductor.Index}:Key={conductor.Item}",
                $"--Audrey:Conductors:{conductor.Index}:Secret={SecretOf(conductor.Item)}",
            ]),
        ]);
        await _server.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_server is null) return;
        await _server.StopAsync();
        await _server.DisposeAsync();
        _directory?.Dispose();
    }

    /// <summary>Stops the server and starts a new one, without any data, on the same ports.</summary>
    public async Task ReplaceAsync()
    {
        await DisposeAsync();
        await InitializeAsync();
    }

    /// <summary>Acts as a guest that sends values and the exit statuses of services.</summary>
    public async Task GuestGives(InstanceId id, NamedValue[] values, NamedValue[] ends)
    {
        var instance = _server!.Services.GetRequiredService<IGrainFactory>().GetGrain<IGuestGrain>(GrainKeys.Of(id));
        var credential = await instance.GetCredential();
        var number = Interlocked.Increment(ref _requests);
        var contact = new GuestContact(credential!.Generation, 2, "10.0.0.7", new RequestMark((long)number, number, 1));
        await instance.Provide(contact, new Provision([.. values], [.. ends]));
    }

    internal AudreyClientOptions OptionsOf(string conductor, int maxConcurrency = 32) => new()
    {
        MaxConcurrency = maxConcurrency,
        Conductor = ConductorKey.Parse(conductor),
        Secret = SecretOf(conductor),
        Gateways = [Gateway],
        Deadline = TimeSpan.FromSeconds(30),
        AttemptTimeout = TimeSpan.FromSeconds(5),
    };

    internal Task<AudreyClient> ConnectAsync(string conductor, int maxConcurrency = 32) =>
        AudreyClient.ConnectAsync(OptionsOf(conductor, maxConcurrency));

    private static string SecretOf(string conductor) => $"secret-of-{conductor}";
}
