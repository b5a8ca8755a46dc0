using System.Net;
using System.Net.Sockets;

namespace Audrey.Abstractions.Credentials;

/// <summary>The unit by which strangers are counted.</summary>
public static class SourceAddress
{
    private const int BytesOfNetwork = 8;

    /// <summary>Returns an IPv4 address, or the network of 64 bits of an IPv6 address, all of which one machine can have.</summary>
    public static IPAddress Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.AddressFamily == AddressFamily.InterNetwork) return address;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(BytesOfNetwork).Clear();
        return new IPAddress(bytes);
    }

    /// <summary>Returns the source of a connection.</summary>
    public static IPAddress Of(EndPoint? remote) => remote is IPEndPoint { Address: { } address } ? Of(address) : IPAddress.None;
}
