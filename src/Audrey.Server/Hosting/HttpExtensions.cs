using Audrey.Server.Settings;
using Microsoft.Extensions.Options;

namespace Audrey.Server.Hosting;

/// <summary>Adds the HTTP server. Every server role needs the HTTP server, at least for its health endpoints.</summary>
internal static class HttpExtensions
{
    public static void AddHttp(this WebApplicationBuilder builder, ServerOptions settings)
    {
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel((context, kestrel) =>
        {
            var section = context.Configuration.GetSection("Kestrel");
            var loader = kestrel.Configure(section, reloadOnChange: false);
            kestrel.ApplicationServices.GetRequiredService<HttpsCertificates>().Apply(kestrel, loader, section);
        });
        builder.Services.AddSingleton<HttpsCertificates>();
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.ShutdownTimeout);
        builder.Services.AddSingleton(TimeProvider.System);
    }
}
