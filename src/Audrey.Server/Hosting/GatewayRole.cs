using System.Net;
using Audrey.Abstractions.Connections;
using Audrey.Abstractions.Resilience;
using Audrey.Gateway;
using Audrey.Gateway.Calls;
using Audrey.Server.ClientPort;
using Audrey.Server.Settings;
using Audrey.Storage;
using Orleans.Configuration;

namespace Audrey.Server.Hosting;

/// <summary>
/// The server role <c>gateway</c>, which serves HTTP. Without a silo in the same process, the server is a client of the cluster.
/// </summary>
internal static class GatewayRole
{
    public static void AddGatewayRole(this WebApplicationBuilder builder, ServerOptions settings)
    {
        if (!settings.IsGateway) return;
        builder.Services.AddAudreyGateway(builder.Configuration);
        builder.AddBusCertificate();
        builder.Services.AddSingleton(new BusyFailure(failure => failure is StorageBusyException or StorageFailedException));
        if (!settings.IsSilo) builder.AddClusterClient(settings);
    }

    public static void MapGatewayRole(this WebApplication server, ServerOptions settings)
    {
        if (settings.IsGateway) server.MapAudreyGateway();
    }

    private static void AddClusterClient(this WebApplicationBuilder builder, ServerOptions settings)
    {
        var storage = StorageSettings.Read(builder.Configuration);
        var connection = new ClusterConnectionMonitor(settings.Cluster.ConnectTimeout, TimeProvider.System);
        builder.Services.AddSingleton(connection);
        if (storage.Kind == StorageKind.PostgreSql) builder.Services.AddHostedService(_ => new SchemaCreation(storage));
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(settings.Cluster.CopyTo);
            var secret = new ClusterSecret(settings.Cluster);
            client.Configure<ClientConnectionOptions>(
                connections => connections.ProveConnections(secret.OwnCredential, connection.SetRefusal));
            client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = settings.Cluster.ResponseTimeout);
            client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));
            client.UseConnectionRetryFilter(connection.WaitToRetryAsync);
            client.AddGatewayCountChangedHandler((_, change) => connection.SetConnected(change.NumberOfConnectedGateways));
            client.AddClusterConnectionLostHandler((_, _) => connection.SetConnected(0));
            if (storage.Kind == StorageKind.PostgreSql)
            {
                client.UseAdoNetClustering(clustering =>
                {
                    clustering.Invariant = StorageSettings.NpgsqlInvariant;
                    clustering.ConnectionString = storage.GetMembershipConnectionString();
                });
                return;
            }

            var address = IPAddress.TryParse(settings.Silo.AdvertisedAddress, out var given) ? given : IPAddress.Loopback;
            client.UseStaticClustering(new IPEndPoint(address, settings.Silo.GatewayPort));
        });
    }

    /// <summary>Creates the tables of the cluster before the client reads them, whichever server starts first.</summary>
    private sealed class SchemaCreation(AudreyStorageOptions storage) : HostLifecycle
    {
        public override Task StartAsync(CancellationToken cancellationToken) => AudreySchema.EnsureCreatedAsync(storage, cancellationToken);
    }
}
