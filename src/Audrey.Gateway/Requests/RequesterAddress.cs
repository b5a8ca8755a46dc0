using System.Net;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Requests;

/// <summary>The requester's address as text: the connection's, or what a proxy that is trusted says it is.</summary>
internal static class RequesterAddress
{
    /// <summary>The text; empty where a connection has no address. An IPv4 address that came through an IPv6 socket is written as what it is.</summary>
    public static string Of(HttpContext http)
    {
        // An IPv4 address keeps its text, and the connection its address.
        var address = http.Connection.RemoteIpAddress;
        return (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "";
    }
}
