using Audrey.Gateway.Authentication;
using Audrey.Gateway.Endpoints;
using Audrey.Gateway.Hosting;
using Audrey.Gateway.OpenApi;
using Audrey.Gateway.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Audrey.Gateway;

/// <summary>Adds and maps the gateway, which serves the guests' HTTP protocol, versions 0 to 3.</summary>
public static class GatewayExtensions
{
    /// <summary>
    /// Adds the gateway. The host must have an <c>IGrainFactory</c> (a silo or a cluster client) and can add a
    /// <see cref="Abstractions.Resilience.BusyFailure"/>. The options of the gateway are <see cref="Settings.GatewayOptions"/>,
    /// <see cref="Settings.ConductorOptions"/>, <see cref="Settings.BusSettings"/>, <see cref="Settings.ProxyOptions"/> and
    /// <see cref="Core.Limits.DocumentLimits"/>. These options are validated at start.
    /// </summary>
    public static IServiceCollection AddAudreyGateway(this IServiceCollection services, IConfiguration configuration) => services
        .AddSettings(configuration)
        .AddServerLimits()
        .AddCallers()
        .AddAuditTrail()
        .AddWaiting()
        .AddBus()
        .AddEndpoints()
        .AddOpenApiDocument();

    /// <summary>
    /// Adds the lookup and verification of conductors' credentials and the sums of refused callers alone, for a silo, whose port for
    /// clients needs them as well. Options: <see cref="Settings.GatewayOptions"/> and <see cref="Settings.ConductorOptions"/>.
    /// </summary>
    public static IServiceCollection AddConductorCredentials(this IServiceCollection services, IConfiguration configuration) => services
        .AddSettings(configuration)
        .AddConductors()
        .AddRefusalSums();

    /// <summary>Maps the gateway's endpoints.</summary>
    public static WebApplication MapAudreyGateway(this WebApplication app)
    {
        app.UseMiddleware<FailureMiddleware>();
        app.UseConfiguredProxies();
        app.UseRouting();
        app.UseMiddleware<BareStatusMiddleware>();
        app.UseMiddleware<AuthenticationMiddleware>();
        foreach (var group in app.Services.GetServices<IEndpointGroup>()) group.Map(app);
        app.MapOpenApiDocument();
        return app;
    }
}
