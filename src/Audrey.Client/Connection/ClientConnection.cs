using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;

namespace Audrey.Client.Connection;

/// <summary>A connected Orleans client in a container of its own, so that it shares nothing with the host program.</summary>
internal sealed class ClientConnection : IAsyncDisposable
{
    /// <summary>
    /// The time after which the client tries to reach a lost server again. The framework's default of a minute is longer than a deadline.
    /// </summary>
    private static readonly TimeSpan GatewayRefresh = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan MaxConnectTime = TimeSpan.FromSeconds(5);

    private readonly ServiceProvider _services;

    private ClientConnection(ServiceProvider services) => _services = services;

    /// <summary>Gets the grains.</summary>
    public IGrainFactory Grains => _services.GetRequiredService<IClusterClient>();

    /// <summary>Connects, and tries again until the deadline of <paramref name="calls"/>.</summary>
    public static Task<ClientConnection> ConnectAsync(
        AudreyClientOptions options, ClusterCalls calls, CancellationToken cancellationToken) =>
        calls.RunAsync(
            $"connecting to cluster '{options.ClusterId}' {Address(options)}",
            token => StartAsync(options, token),
            isTransient: exception => exception is not OperationCanceledException,
            cancellationToken: cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(_services);
        await _services.DisposeAsync();
    }

    private static async Task<ClientConnection> StartAsync(AudreyClientOptions options, CancellationToken cancellationToken)
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
            return new ClientConnection(services);
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
        services.AddSingleton<ILoggerFactory>(
            options.LoggerFactory is { } factory ? new SharedLoggerFactory(factory) : NullLoggerFactory.Instance);
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
                connection.OpenConnectionTimeout = options.AttemptTimeout < MaxConnectTime ? options.AttemptTimeout : MaxConnectTime);
        });
        return services.BuildServiceProvider();
    }

    [SuppressMessage("Design", "CA1031", Justification = "A connection that fails to close is dropped; no caller could do better.")]
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
                services.GetRequiredService<ILogger<ClientConnection>>().LogClosingFailed(exception);
            }
        }
    }

    private static string Address(AudreyClientOptions options) =>
        options.Gateways.Count > 0 ? $"at {string.Join(", ", options.Gateways)}" : "through its membership in PostgreSQL";

    /// <summary>Wraps the caller's factory, which must outlive the client's container.</summary>
    private sealed class SharedLoggerFactory(ILoggerFactory inner) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => inner.CreateLogger(categoryName);

        public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

        public void Dispose()
        {
        }
    }
}
