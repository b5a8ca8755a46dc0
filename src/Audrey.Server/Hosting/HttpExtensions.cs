using Audrey.Server.Settings;
using Microsoft.Extensions.Options;

namespace Audrey.Server.Hosting;

/// <summary>Adds the HTTP server. Every server role has it, at least for health.</summary>
internal static class HttpExtensions
{
    public static void AddHttp(this WebApplicationBuilder builder, ServerOptions settings)
    {
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel((context, kestrel) =>
            kestrel.Configure(context.Configuration.GetSection("Kestrel"), reloadOnChange: false));
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.ShutdownTimeout);
        builder.Services.AddSingleton(TimeProvider.System);
    }
}
