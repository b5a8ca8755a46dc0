using Audrey.Server.Hosting;
using Audrey.Server.Settings;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Audrey.Server.Health;

/// <summary>
/// Adds <c>/health/live</c> (the process answers) and <c>/health/ready</c> (the server can accept requests). Anyone can call these
/// endpoints, so their answers name only the checks that fail. The log contains the reasons.
/// </summary>
internal static class HealthExtensions
{
    public static void AddHealth(this WebApplicationBuilder builder, ServerOptions settings)
    {
        builder.Services.AddSingleton<Draining>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Draining>());
        var checks = builder.Services.AddHealthChecks().AddCheck<Draining>("stopping");
        if (settings.IsSilo) checks.AddCheck<SiloCheck>("silo").AddCheck<StorageCheck>("storage");
        else checks.AddCheck<ClusterCheck>("cluster");
    }

    public static void MapHealth(this WebApplication server)
    {
        server.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });
        server.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync });
    }

    private static Task WriteAsync(HttpContext http, HealthReport report)
    {
        http.Response.ContentType = "text/plain;charset=utf-8";
        var failing = report.Entries.Where(entry => entry.Value.Status == HealthStatus.Unhealthy).Select(entry => entry.Key).ToList();
        return http.Response.WriteAsync(failing.Count == 0 ? "ok\n" : $"not ready: {string.Join(", ", failing)}\n");
    }
}
