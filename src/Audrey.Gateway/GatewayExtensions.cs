using Audrey.Gateway.Endpoints;
using Audrey.Gateway.Failures;
using Audrey.Gateway.Hosting;
using Audrey.Gateway.Version3;
using Audrey.Gateway.Version3.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Audrey.Gateway;

/// <summary>Puts the guests' HTTP protocol, versions 0 to 3, before a cluster.</summary>
public static class GatewayExtensions
{
    /// <summary>
    /// Adds the gateway. The host must have an <c>IGrainFactory</c> (a silo or a cluster client) and may add a
    /// <see cref="Abstractions.Resilience.BusyFailure"/>. Options: <see cref="Settings.GatewayOptions"/>,
    /// <see cref="Settings.ConductorOptions"/>, <see cref="Settings.ProxyOptions"/> and <see cref="Core.Limits.DocumentLimits"/>, validated at start.
    /// </summary>
    public static IServiceCollection AddAudreyGateway(this IServiceCollection services, IConfiguration configuration) => services
        .AddSettings(configuration)
        .AddServerLimits()
        .AddCredentials()
        .AddEndpointGroups()
        .AddVersion3()
        .AddOpenApiDocument();

    /// <summary>Maps the gateway's endpoints.</summary>
    public static WebApplication MapAudreyGateway(this WebApplication app)
    {
        app.UseMiddleware<FailureAnswers>();
        app.UseConfiguredProxies();
        app.UseRouting();
        app.UseMiddleware<BareStatuses>();
        foreach (var group in app.Services.GetServices<IEndpointGroup>()) group.Map(app);
        app.MapOpenApiDocument();
        return app;
    }
}
