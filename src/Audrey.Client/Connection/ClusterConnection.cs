using System.Diagnostics.CodeAnalysis;
using System.Net;
using Audrey.Client.Retrying;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;

namespace Audrey.Client.Connection;

/// <summary>A started Orleans client in a container of its own, so that it shares nothing with the host program.</summary>
internal sealed class ClusterConnection : IAsyncDisposable
{
    /// <summary>How soon a server that was away is tried again. The framework's minute would outlast a deadline.</summary>
    private static readonly TimeSpan GatewayRefresh = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan MaxDial = TimeSpan.FromSeconds(5);

    private readonly ServiceProvider _services;

    private ClusterConnection(ServiceProvider services) => _services = services;

    /// <summary>The grains.</summary>
    public IGrainFactory Grains => _services.GetRequiredService<IClusterClient>();

    /// <summary>Connects, trying again until the deadline of <paramref name="attempts"/>.</summary>
    public static Task<ClusterConnection> ConnectAsync(AudreyClientOptions options, Attempts attempts, CancellationToken cancellationToken) =>
        attempts.RunAsync(
            $"connecting to cluster '{options.ClusterId}' {Place(options)}",
            token => StartAsync(options, token),
            isTransient: exception => exception is not OperationCanceledException,
            cancellationToken: cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(_services);
        await _services.DisposeAsync();
    }

    private static async Task<ClusterConnection> StartAsync(AudreyClientOptions options, CancellationToken cancellationToken)
    {
        var endpoints = new List<IPEndPoint>();
        foreach (var gateway in options.Gateways)
        {
            if (GatewayAddress.TryParse(gateway, out var address)) endpoints.AddRange(await address.ResolveAsync(cancellationToken));
        }

        var services = Compose(options, endpoints);
        try
        {
            foreach (var service in services.GetServices<IHostedService>()) await service.StartAsync(cancellationToken);
            return new ClusterConnection(services);
        }
        catch
        {
            await StopAsync(services);
            await services.DisposeAsync();
            throw;
        }
    }

    private static ServiceProvider Compose(AudreyClientOptions options, List<IPEndPoint> endpoints)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<ILoggerFactory>(options.LoggerFactory is { } factory ? new SharedLoggerFactory(factory) : NullLoggerFactory.Instance);
        services.AddOrleansClient(client =>
        {
            if (options.ConnectionString is { } connectionString)
            {
                client.UseAdoNetClustering(clustering =>
                {
                    clustering.Invariant = "Npgsql";
                    clustering.ConnectionString = connectionString;
                });
            }
            else
            {
                client.UseStaticClustering([.. endpoints]);
            }

            client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ServiceId));
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = options.AttemptTimeout);
            client.Configure<GatewayOptions>(gateway => gateway.GatewayListRefreshPeriod = GatewayRefresh);
            client.Configure<ConnectionOptions>(connection =>
                connection.OpenConnectionTimeout = options.AttemptTimeout < MaxDial ? options.AttemptTimeout : MaxDial);
        });
        return services.BuildServiceProvider();
    }

    [SuppressMessage("Design", "CA1031", Justification = "A connection that does not close in order is dropped; there is nobody who could do better.")]
    private static async Task StopAsync(ServiceProvider services)
    {
        foreach (var service in services.GetServices<IHostedService>().Reverse())
        {
            try
            {
                await service.StopAsync(CancellationToken.None);
            }
            catch (Exception exception)
            {
                services.GetRequiredService<ILogger<ClusterConnection>>().LogClosingFailed(exception);
            }
        }
    }

    private static string Place(AudreyClientOptions options) =>
        options.Gateways.Count > 0 ? $"at {string.Join(", ", options.Gateways)}" : "by its membership in PostgreSQL";

    /// <summary>Lends the caller's factory: disposing the client's container must not dispose it.</summary>
    private sealed class SharedLoggerFactory(ILoggerFactory inner) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => inner.CreateLogger(categoryName);

        public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

        public void Dispose()
        {
        }
    }
}
