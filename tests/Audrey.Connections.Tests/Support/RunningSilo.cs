using Audrey.Connections.Tls;
using Audrey.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Audrey.Connections.Tests.Support;

/// <summary>A silo with TLS in this process.</summary>
internal sealed class RunningSilo : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly SiloTls _tls;

    private RunningSilo(IHost host, SiloTls tls, RecordedLog log, int[] ports) => (_host, _tls, Log, Ports) = (host, tls, log, ports);

    /// <summary>The log of messages about TLS.</summary>
    public RecordedLog Log { get; }

    /// <summary>The port for silos and the port for clients.</summary>
    public int[] Ports { get; }

    public static async Task<RunningSilo> StartAsync(Func<RecordedLog, SiloTls> create)
    {
        var (log, ports) = (new RecordedLog(), FreePorts.Take(2));
        var tls = create(log);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo => silo.UseLocalhostClustering(ports[0], ports[1]));
        builder.Services.Configure<SiloConnectionOptions>(tls.Secure);
        var host = builder.Build();
        await host.StartAsync();
        return new(host, tls, log, ports);
    }

    /// <summary>Connects a client of Orleans, and stops it again before the method returns.</summary>
    /// <exception cref="TlsRefusedException">The silo or the client refused the connection.</exception>
    public async Task ConnectAsync(SiloTls tls)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client.UseLocalhostClustering(Ports[1]));
        builder.Services.Configure<ClientConnectionOptions>(tls.Secure);
        using var host = builder.Build();
        using var refused = new CancellationTokenSource();
        var starting = host.StartAsync(refused.Token);
        if (await Task.WhenAny(starting, tls.Refused) == tls.Refused)
        {
            // Without this, the client of Orleans would keep trying for minutes.
            await refused.CancelAsync();
            await starting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw await tls.Refused;
        }

        await starting;
        await host.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _tls.Dispose();
    }
}
