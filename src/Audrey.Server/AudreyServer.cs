using Audrey.Server.Health;
using Audrey.Server.Hosting;
using Audrey.Server.Settings;

namespace Audrey.Server;

/// <summary>Composes the server out of its roles.</summary>
public static class AudreyServer
{
    /// <summary>Builds the server that the configuration file, the environment and <paramref name="args"/> describe; it is not started.</summary>
    /// <exception cref="SettingsException">Settings are wrong; it names each.</exception>
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
}
