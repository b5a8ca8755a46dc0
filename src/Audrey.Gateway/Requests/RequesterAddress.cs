using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Requests;

/// <summary>Formats the address that a request came from: the connection's, or the one that a configured proxy names.</summary>
internal static class RequesterAddress
{
    /// <summary>Returns the address, or nothing if there is none. An IPv4 address from an IPv6 socket is written as IPv4.</summary>
    public static string Format(HttpContext http)
    {
        // An IPv4 address keeps its text, and the connection its address.
        var address = http.Connection.RemoteIpAddress;
        return (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "";
    }
}
