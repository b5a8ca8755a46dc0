using System.Globalization;
using System.Net;

namespace Audrey.Client.Connection;

/// <summary>The address at which a server accepts clients.</summary>
internal readonly record struct GatewayAddress(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c>, <c>address:port</c> or <c>[IPv6 address]:port</c>.</summary>
    public static bool TryParse(string? text, out GatewayAddress address)
    {
        address = default;
        var colon = text?.LastIndexOf(':') ?? -1;
        if (colon <= 0) return false;
        var host = text![..colon];
        if (host is ['[', .., ']']) host = host[1..^1];
        else if (host.Contains(':', StringComparison.Ordinal)) return false;
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown) return false;
        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return false;
        if (port is < 1 or > IPEndPoint.MaxPort) return false;
        address = new GatewayAddress(host, port);
        return true;
    }

    /// <summary>Returns all addresses of the host.</summary>
    public async Task<IEnumerable<IPEndPoint>> ResolveAsync(CancellationToken cancellationToken)
    {
        var port = Port;
        var addresses = await Dns.GetHostAddressesAsync(Host, cancellationToken);
        return addresses.Select(address => new IPEndPoint(address, port));
    }
}
