using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Audrey.Grains.Registration;

/// <summary>
/// Decides from which addresses files may be fetched. A conductor chooses the URLs, and must not use the silo to reach services that only
/// the silo's machine can reach, such as services on loopback and metadata services with credentials. Scripts are often served in private
/// networks, so private networks are allowed.
/// </summary>
internal sealed class AddressGuard(IEnumerable<string> allowedNetworks)
{
    private static readonly (IPNetwork Network, string What)[] Refused =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "an unspecified address"),
        (IPNetwork.Parse("127.0.0.0/8"), "a loopback address"),
        (IPNetwork.Parse("169.254.0.0/16"), "a link-local address"),
        (IPNetwork.Parse("224.0.0.0/4"), "a multicast address"),
        (IPNetwork.Parse("240.0.0.0/4"), "a reserved address"),
        (IPNetwork.Parse("100.100.100.200/32"), "a metadata service"),
        (IPNetwork.Parse("168.63.129.16/32"), "a metadata service"),
        (IPNetwork.Parse("192.0.0.192/32"), "a metadata service"),
        (IPNetwork.Parse("::1/128"), "a loopback address"),
        (IPNetwork.Parse("::/96"), "an unspecified address"),
        (IPNetwork.Parse("fe80::/10"), "a link-local address"),
        (IPNetwork.Parse("ff00::/8"), "a multicast address"),
        (IPNetwork.Parse("fd00:ec2::/32"), "a metadata service"),
        (IPNetwork.Parse("fd20:ce::254/128"), "a metadata service"),
        (IPNetwork.Parse("fd00:42::42/128"), "a metadata service"),
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork LocalNat64 = IPNetwork.Parse("64:ff9b:1::/48");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    private readonly IPNetwork[] _allowed = [.. allowedNetworks.Select(IPNetwork.Parse)];

    /// <summary>Returns the kind of a refused address, or null if the address is allowed.</summary>
    public string? WhyRefused(IPAddress address)
    {
        var effective = Effective(address);
        if (Array.Exists(_allowed, network => network.Contains(effective) || network.Contains(address))) return null;
        foreach (var (network, what) in Refused)
            if (network.Contains(effective)) return what;
        return null;
    }

    /// <summary>Returns the IPv4 address that an IPv6 address represents, or the address itself.</summary>
    private static IPAddress Effective(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        var unscoped = address.ScopeId == 0 ? address : new IPAddress(address.GetAddressBytes());
        Span<byte> bytes = stackalloc byte[16];
        unscoped.TryWriteBytes(bytes, out _);
        if (Nat64.Contains(unscoped) || LocalNat64.Contains(unscoped)) return FromV4(bytes[12..]);
        return SixToFour.Contains(unscoped) ? FromV4(bytes[2..6]) : unscoped;
    }

    private static IPAddress FromV4(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt32LittleEndian(bytes));
}
