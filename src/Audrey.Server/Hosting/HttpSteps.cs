using Audrey.Server.Settings;
using Microsoft.Extensions.Options;

namespace Audrey.Server.Hosting;

/// <summary>The HTTP server, which every role has: for health if for nothing else.</summary>
internal static class HttpSteps
{
    public static void AddHttp(this WebApplicationBuilder builder, ServerOptions settings)
    {
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel((context, kestrel) => kestrel.Configure(context.Configuration.GetSection("Kestrel"), reloadOnChange: false));
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.ShutdownTimeout);
        builder.Services.AddSingleton(TimeProvider.System);
    }
}
