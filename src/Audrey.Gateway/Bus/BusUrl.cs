using System.Net;
using Audrey.Bus.Connections;
using Audrey.Gateway.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Bus;

/// <summary>The URL of the bus that the server gives to guests and conductors.</summary>
internal sealed class BusUrl(IOptions<BusSettings> settings)
{
    private volatile IPEndPoint? _listening;

    /// <summary>Sets the address at which the embedded bus listens. Null when it has stopped.</summary>
    public void SetListening(IPEndPoint? endPoint) => _listening = endPoint;

    /// <summary>Gets the form of the addresses: that of the other broker if guests use it, else that of the embedded bus.</summary>
    public string Broker =>
        settings.Value is { IsEmbedded: false, Broker.Length: > 0 } other ? other.BrokerProfile : BusProfile.Audrey.Name;

    /// <summary>
    /// Returns the URL for the sender of a request. Null if there is no bus that the sender can reach: an embedded bus on the loopback
    /// address is only for this machine.
    /// </summary>
    public string? Find(HttpContext http)
    {
        if (settings.Value.AdvertisedUrl is { Length: > 0 } advertised) return advertised;
        if (_listening is not { } listening) return null;
        var isLocal = http.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote);
        var scheme = settings.Value.HasTls ? "amqps" : "amqp";
        if (IPAddress.IsLoopback(listening.Address)) return isLocal ? $"{scheme}://{listening}" : null;
        return http.Request.Host.Host is { Length: > 0 } host ? $"{scheme}://{host}:{listening.Port}" : null;
    }
}
