using Audrey.Abstractions.Connections;
using Audrey.Gateway;
using Audrey.Server.Settings;
using Microsoft.AspNetCore.Connections;
using Orleans.Configuration;

namespace Audrey.Server.ClientPort;

/// <summary>Protects the port for clients: only callers that have proved who they are can use it.</summary>
internal static class ClientPortExtensions
{
    /// <summary>Adds the middleware. TLS must be added before it, so that callers send their proof through TLS.</summary>
    public static void ProtectClientPort(this ISiloBuilder silo, IConfiguration configuration, ServerOptions settings)
    {
        silo.Services.AddConductorCredentials(configuration);
        silo.Services.AddMetrics();
        silo.Services.AddSingleton(new ClusterSecret(settings.Cluster));
        silo.Services.AddSingleton<CallerVerifier>();
        silo.Services.AddSingleton<RefusedConnections>();
        silo.Services.AddSingleton<ConnectionAuthenticator>();
        silo.Services.AddSingleton<ReachableGrains>();
        silo.Services.AddSingleton<ClientPortMiddleware>();
        silo.Services.AddSingleton<ProvenConnections>();
        silo.Services.AddSingleton<IConnectedClients>(services => services.GetRequiredService<ProvenConnections>());
        silo.Services.AddHostedService(services => services.GetRequiredService<ProvenConnections>());
        silo.Configure<SiloConnectionOptions>(connections => connections.ConfigureGatewayInboundConnection(connection =>
        {
            var middleware = connection.ApplicationServices.GetRequiredService<ClientPortMiddleware>();
            connection.Use(next => context => middleware.RunAsync(context, next));
        }));
    }
}
