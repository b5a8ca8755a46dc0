using Audrey.Abstractions.Credentials;
using Audrey.Gateway.Credentials;
using Audrey.Server.Health;
using Audrey.Server.Hosting;
using Audrey.Server.Settings;

namespace Audrey.Server;

/// <summary>Composes the server from its roles.</summary>
public static class AudreyServer
{
    /// <summary>
    /// Builds the server that the configuration file, the environment and <paramref name="args"/> describe. This method does not start the
    /// server.
    /// </summary>
    /// <exception cref="SettingsException">Settings are wrong. The exception names each wrong setting.</exception>
    public static WebApplication Build(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddServerSources(args);

        var settings = builder.AddServerSettings();
        builder.AddServerLogging(settings.Logging);
        builder.AddHttp(settings);
        builder.Services.AddSiloTls(settings.Cluster.Tls);
        builder.AddSiloRole(settings);
        builder.AddGatewayRole(settings);
        builder.AddHealth(settings);

        var server = builder.Build();
        server.ThrowIfSettingsAreWrong();
        server.MapHealth();
        server.MapGatewayRole(settings);
        return server;
    }

    /// <summary>
    /// Returns the credential of the conductor that the cluster has made, or of the only configured one. The server must have started.
    /// </summary>
    /// <exception cref="InvalidOperationException">Several conductors are configured, or the server has not started.</exception>
    public static ConductorCredential FindConductor(WebApplication server)
    {
        ArgumentNullException.ThrowIfNull(server);
        if (server.Services.GetRequiredService<MadeConductor>().Credential is { } made) return made;
        var conductors = server.Services.GetRequiredService<ConfiguredConductors>();
        return conductors.Find(conductors.Keys.Single().Value)!;
    }
}
