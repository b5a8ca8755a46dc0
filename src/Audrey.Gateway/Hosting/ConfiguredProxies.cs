using Audrey.Gateway.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Hosting;

/// <summary>Accepts <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> from the configured proxies only.</summary>
internal static class ConfiguredProxies
{
    public static void UseConfiguredProxies(this WebApplication app)
    {
        var networks = app.Services.GetRequiredService<IOptions<ProxyOptions>>().Value.Networks;
        if (networks.Count == 0) return;

        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            // Every proxy of a chain must be configured, so the length of the chain need not be limited.
            ForwardLimit = null,
        };
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Clear();
        foreach (var text in networks)
            if (ProxyOptions.TryParse(text, out var network)) options.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(options);
    }
}
