using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Requests;

/// <summary>
/// Formats the address that a request came from. The result is the connection's address, or the address that a configured proxy reports.
/// </summary>
internal static class RequesterAddress
{
    /// <summary>
    /// Returns the address, or an empty string if the connection has no address. An IPv4 address from an IPv6 socket is written as IPv4.
    /// </summary>
    public static string Format(HttpContext http)
    {
        // The connection caches its address, and an IPv4 address caches its string.
        var address = http.Connection.RemoteIpAddress;
        return (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "";
    }
}
