using System.Net;
using Audrey.Gateway.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace Audrey.Gateway.Hosting;

/// <summary>
/// Serves clients behind a proxy. The headers <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are accepted from the configured
/// proxies only. If a path base is set, the server's paths are served under it, too.
/// </summary>
internal static class ConfiguredProxies
{
    /// <summary>The spelling of the stock virtual host of 2012.</summary>
    private const string ProtoWithUnderscores = "X_FORWARDED_PROTO";

    public static void UseConfiguredProxies(this WebApplication app)
    {
        var networks = Networks(app.Services.GetRequiredService<IOptions<ProxyOptions>>().Value);
        var pathBase = new PathString(app.Services.GetRequiredService<IOptions<GatewayOptions>>().Value.PathBase);
        if (pathBase.HasValue)
        {
            app.Use((http, next) =>
            {
                SetPathBase(http, pathBase, networks);
                return next(http);
            });
        }

        if (networks.Count == 0) return;
        app.Use((http, next) =>
        {
            AcceptUnderscores(http.Request.Headers);
            return next(http);
        });
        app.UseForwardedHeaders(Options(networks));
    }

    /// <summary>
    /// Moves the path base from the path to <see cref="HttpRequest.PathBase"/>. If a configured proxy has stripped the path base, the
    /// request gets it back there, because the client has signed it.
    /// </summary>
    private static void SetPathBase(HttpContext http, PathString pathBase, List<IPNetwork> networks)
    {
        if (http.Request.Path.StartsWithSegments(pathBase, StringComparison.OrdinalIgnoreCase, out var matched, out var rest))
            (http.Request.PathBase, http.Request.Path) = (matched, rest);
        else if (http.Connection.RemoteIpAddress is { } sender && networks.Exists(network => network.Contains(Unmapped(sender))))
            http.Request.PathBase = pathBase;
    }

    private static void AcceptUnderscores(IHeaderDictionary headers)
    {
        if (headers.ContainsKey(ForwardedHeadersDefaults.XForwardedProtoHeaderName)) return;
        if (headers.TryGetValue(ProtoWithUnderscores, out var proto)) headers[ForwardedHeadersDefaults.XForwardedProtoHeaderName] = proto;
    }

    private static ForwardedHeadersOptions Options(List<IPNetwork> networks)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            // Every proxy of a chain must be configured, so the length of the chain need not be limited.
            ForwardLimit = null,
        };
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Clear();
        foreach (var network in networks) options.KnownIPNetworks.Add(network);
        return options;
    }

    private static List<IPNetwork> Networks(ProxyOptions options)
    {
        var networks = new List<IPNetwork>();
        foreach (var text in options.Networks)
            if (ProxyOptions.TryParse(text, out var network)) networks.Add(network);
        return networks;
    }

    private static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
