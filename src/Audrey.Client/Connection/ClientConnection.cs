using System.Diagnostics.CodeAnalysis;
using System.Net;
using Audrey.Abstractions.Connections;
using Audrey.Connections.Tls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;

namespace Audrey.Client.Connection;

/// <summary>A connected Orleans client in a separate container, so that the client shares nothing with the host program.</summary>
internal sealed class ClientConnection : IAsyncDisposable
{
    /// <summary>
    /// The time after which the client tries to reach a lost server again. The framework's default of a minute is longer than a deadline.
    /// </summary>
    private static readonly TimeSpan GatewayRefresh = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan MaxConnectTime = TimeSpan.FromSeconds(5);

    private readonly ServiceProvider _services;
    private readonly RefusalRecord _refusal;

    private ClientConnection(ServiceProvider services, RefusalRecord refusal) => (_services, _refusal) = (services, refusal);

    /// <summary>Gets the reason why the servers refused the last attempt to connect. Null if they accepted it.</summary>
    public AudreyException? Refusal => _refusal.Last is { } refused ? UnprovenException.Of(refused) : null;

    /// <summary>Gets the grains.</summary>
    public IGrainFactory Grains => _services.GetRequiredService<IClusterClient>();

    /// <summary>Connects. Repeats failed attempts until the deadline, unless the credential was refused.</summary>
    public static Task<ClientConnection> ConnectAsync(AudreyClientOptions options, CancellationToken cancellationToken)
    {
        var refusal = new RefusalRecord();
        var calls = new ClusterCalls(
            options.Deadline,
            options.TimeProvider,
            findRefusal: () => refusal.Last is { } refused ? UnprovenException.Of(refused) : null);
        return calls.RunAsync(
            $"connecting to cluster '{options.ClusterId}' {Address(options)}",
            token => StartAsync(options, refusal, token),
            isTransient: exception => exception is not OperationCanceledException,
            cancellationToken: cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(_services);
        await _services.DisposeAsync();
    }

    private static async Task<ClientConnection> StartAsync(
        AudreyClientOptions options, RefusalRecord refusal, CancellationToken cancellationToken)
    {
        var endpoints = new List<IPEndPoint>();
        foreach (var gateway in options.Gateways)
        {
            if (GatewayAddress.TryParse(gateway, out var address)) endpoints.AddRange(await address.ResolveAsync(cancellationToken));
        }

        var services = Compose(options, endpoints, refusal);
        try
        {
            await StartAsync(services, cancellationToken);
            return new ClientConnection(services, refusal);
        }
        catch
        {
            await StopAsync(services);
            await services.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Starts the services. If the connection is refused because of TLS, this method fails immediately. Without this check, the framework
    /// would repeat the attempt for minutes, and would report only that there is no connection.
    /// </summary>
    private static async Task StartAsync(ServiceProvider services, CancellationToken cancellationToken)
    {
        var refused = services.GetRequiredService<SiloTls>().Refused;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var starting = StartAllAsync();
        if (await Task.WhenAny(starting, refused) == starting)
        {
            await starting;
            return;
        }

        await end.CancelAsync();
        await starting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        throw await refused;

        async Task StartAllAsync()
        {
            foreach (var service in services.GetServices<IHostedService>()) await service.StartAsync(end.Token);
        }
    }

    private static ServiceProvider Compose(AudreyClientOptions options, List<IPEndPoint> endpoints, RefusalRecord refusal)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<ILoggerFactory>(
            options.LoggerFactory is { } factory ? new SharedLoggerFactory(factory) : NullLoggerFactory.Instance);
        services.AddSingleton(provider => AudreyClientTls.Create(options.Tls, provider.GetRequiredService<ILoggerFactory>()));
        // TLS surrounds all other middleware of the connections, so it is added first.
        services.AddOptions<ClientConnectionOptions>().Configure<SiloTls>((connections, tls) => tls.Secure(connections));
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

            // Failed attempts are repeated by the caller, which knows which of them can succeed.
            client.UseConnectionRetryFilter((_, _) => Task.FromResult(false));
            client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ServiceId));
            client.Configure<ClientConnectionOptions>(connection => connection.ProveConnections(
                () => new CallerCredential(CallerKind.Conductor, options.Conductor.Value, options.Secret), refusal.Record));
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

    /// <summary>Remembers whether the servers accepted the last connection.</summary>
    private sealed class RefusalRecord
    {
        private volatile ProofRefusedException? _last;

        /// <summary>Gets the refusal. Null if the connection was accepted, or if a later attempt may be accepted.</summary>
        public ProofRefusedException? Last => _last is { IsPassing: false } ? _last : null;

        public void Record(ProofRefusedException? refused) => _last = refused;
    }

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
