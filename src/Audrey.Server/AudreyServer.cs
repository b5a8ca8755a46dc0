using Audrey.Core.Ids;
using Audrey.Gateway.Credentials;
using Audrey.Server.Health;
using Audrey.Server.Hosting;
using Audrey.Server.Settings;

namespace Audrey.Server;

/// <summary>Composes the server from its roles.</summary>
public static class AudreyServer
{
    /// <summary>
    /// Builds the server that the configuration file, the environment and <paramref name="args"/> describe. It does not start the server.
    /// </summary>
    /// <exception cref="SettingsException">Settings are wrong. The exception names each of them.</exception>
    public static WebApplication Build(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddServerSources(args);

        var settings = builder.AddServerSettings();
        builder.AddServerLogging(settings.Logging);
        builder.AddHttp(settings);
        builder.AddSiloRole(settings);
        builder.AddGatewayRole(settings);
        builder.AddHealth(settings);

        var server = builder.Build();
        server.ThrowIfSettingsAreWrong();
        server.MapHealth();
        server.MapGatewayRole(settings);
        return server;
    }

    /// <summary>Returns the key of the conductor that the server created, or of the only configured one.</summary>
    /// <exception cref="InvalidOperationException">Several conductors are configured, or the server is not a gateway.</exception>
    public static ConductorKey FindConductor(WebApplication server)
    {
        ArgumentNullException.ThrowIfNull(server);
        return server.Services.GetRequiredService<ConfiguredConductors>().Keys.Single();
    }
}
