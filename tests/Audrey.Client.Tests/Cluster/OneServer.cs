using System.Net;
using System.Net.Sockets;
using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Audrey.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Hosting;

namespace Audrey.Client.Tests.Cluster;

/// <summary>One server with real grains and with rows in memory. Clients connect to it over TCP.</summary>
public sealed class OneServer : IAsyncLifetime
{
    private readonly int _siloPort;
    private readonly int _gatewayPort;
    private IHost? _host;
    private ulong _requests;

    public OneServer() => (_siloPort, _gatewayPort) = FreePorts();

    /// <summary>Gets the address for clients.</summary>
    public string Gateway => $"127.0.0.1:{_gatewayPort}";

    public async Task InitializeAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(_siloPort, _gatewayPort, serviceId: "audrey", clusterId: "audrey")
            .AddMemoryGrainStorage(StorageNames.Hot)
            .AddMemoryGrainStorage(StorageNames.Rare)
            .AddAudreyGrains());
        _host = builder.Build();
        await _host.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_host is null) return;
        await _host.StopAsync();
        _host.Dispose();
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
        var instance = _host!.Services.GetRequiredService<IGrainFactory>().GetGrain<IGuestGrain>(GrainKeys.Of(id));
        var credential = await instance.GetCredential();
        var number = Interlocked.Increment(ref _requests);
        var contact = new GuestContact(credential!.Generation, 2, "10.0.0.7", new RequestMark((long)number, number, 1));
        await instance.Provide(contact, new Provision([.. values], [.. ends]));
    }

    internal AudreyClientOptions OptionsOf(string conductor, int maxConcurrency = 32) => new()
    {
        MaxConcurrency = maxConcurrency,
        Conductor = ConductorKey.Parse(conductor),
        Gateways = [Gateway],
        Deadline = TimeSpan.FromSeconds(30),
        AttemptTimeout = TimeSpan.FromSeconds(5),
    };

    internal Task<AudreyClient> ConnectAsync(string conductor, int maxConcurrency = 32) =>
        AudreyClient.ConnectAsync(OptionsOf(conductor, maxConcurrency));

    /// <summary>Returns two free ports. Both are reserved before either is released, so that they differ.</summary>
    private static (int Silo, int Gateway) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}
