using System.Net;
using Audrey.Gateway.Settings;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Requests;

/// <summary>The requester's address as text. Where no proxy is configured it is that of the connection, written once for it.</summary>
internal sealed class RequesterAddress(IOptions<ProxyOptions> proxies)
{
    private static readonly object Key = new();
    private readonly bool _behindProxies = proxies.Value.Networks.Count > 0;

    public string Of(HttpContext http)
    {
        var items = _behindProxies ? null : http.Features.Get<IConnectionItemsFeature>()?.Items;
        if (items is not null && items.TryGetValue(Key, out var known)) return (string)known!;

        var text = Text(http.Connection.RemoteIpAddress);
        if (items is not null) items[Key] = text;
        return text;
    }

    /// <summary>An IPv4 address that came through an IPv6 socket is written as what it is.</summary>
    private static string Text(IPAddress? address) =>
        (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "";
}
