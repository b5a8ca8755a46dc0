using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Audrey.Agent.Stages.Give;

/// <summary>
/// The addresses of this machine at which other instances can reach it. The kernel selects the address: it is the source address of packets
/// to the server. Addresses that only this machine or this link can use, and IPv6 addresses that are temporary or not ready, are omitted.
/// </summary>
/// <param name="server">The address of the server. Null without a server.</param>
internal sealed class MachineAddresses(Uri? server)
{
    /// <summary>
    /// Addresses for documentation. No packet is sent to them. The kernel selects the source address of the default route.
    /// </summary>
    private static readonly IPAddress Elsewhere = IPAddress.Parse("192.0.2.1"), Elsewhere6 = IPAddress.Parse("2001:db8::1");

    /// <summary>The flags of IPv6 addresses in if_inet6 of a temporary, failed, deprecated or tentative address.</summary>
    private const int Unusable6 = 0x01 | 0x08 | 0x20 | 0x40;

    private const int LevelIPv6 = 41, AddressPreferences = 72, PreferPublic = 2;
    private const int DiscardPort = 9;

    /// <summary>Returns the address of the family. Null if the machine has none (yet), so that no guess is given.</summary>
    public async Task<IPAddress?> FindAsync(AddressFamily family, CancellationToken cancellationToken)
    {
        var targets = (await ResolveServerAsync(cancellationToken)).Where(address => address.AddressFamily == family);
        foreach (var target in targets.Append(family == AddressFamily.InterNetwork ? Elsewhere : Elsewhere6))
            if (FindSource(target) is { } source && IsUsable(source, isPrivateAllowed: IsUniqueLocal(target)))
                return source;
        return null;
    }

    /// <summary>Returns the usable addresses of one interface, or of all interfaces with a link if the name is null.</summary>
    public static IReadOnlyList<IPAddress> FindAll(AddressFamily family, string? interfaceName)
    {
        var addresses = from candidate in NetworkInterface.GetAllNetworkInterfaces()
                        where interfaceName is null
                            ? candidate.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown
                            : candidate.Name == interfaceName || FactName(candidate.Name) == interfaceName
                        from unicast in candidate.GetIPProperties().UnicastAddresses
                        where unicast.Address.AddressFamily == family && IsUsable(unicast.Address, isPrivateAllowed: true)
                        select unicast.Address;
        return [.. addresses];
    }

    /// <summary>Returns the name of the interface as it occurs in names of facts, as Facter writes it.</summary>
    private static string FactName(string name) =>
        string.Concat(name.Select(character => char.IsAsciiLetterOrDigit(character) ? character : '_'));

    private async Task<IPAddress[]> ResolveServerAsync(CancellationToken cancellationToken)
    {
        if (server is null || server.IsLoopback) return [];
        try
        {
            return await Dns.GetHostAddressesAsync(server.IdnHost.Trim('[', ']'), cancellationToken);
        }
        catch (SocketException)
        {
            return [];
        }
    }

    /// <summary>Returns the kernel's source address for packets to the target. Null if there is no route.</summary>
    private static IPAddress? FindSource(IPAddress target)
    {
        try
        {
            using var socket = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            if (target.AddressFamily == AddressFamily.InterNetworkV6)
                socket.SetRawSocketOption(LevelIPv6, AddressPreferences, BitConverter.GetBytes(PreferPublic));
            socket.Connect(target, DiscardPort);
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static bool IsUsable(IPAddress address, bool isPrivateAllowed) => address.AddressFamily == AddressFamily.InterNetwork
        ? !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.Any) && address.GetAddressBytes() is not [169, 254, ..]
        : !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.IPv6Any) && !address.IsIPv6LinkLocal
            && (isPrivateAllowed || !IsUniqueLocal(address)) && !HasUnusableFlag(address);

    /// <summary>Returns whether the address is a unique local IPv6 address. Such an address is reachable in its own network only.</summary>
    private static bool IsUniqueLocal(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && (address.GetAddressBytes()[0] & 0xfe) == 0xfc;

    private static bool HasUnusableFlag(IPAddress address)
    {
        // address, interface number, prefix length, scope, flags, interface name
        var text = Convert.ToHexStringLower(address.GetAddressBytes());
        try
        {
            return File.ReadLines("/proc/net/if_inet6").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Any(fields => fields.Length == 6 && fields[0] == text
                    && (int.Parse(fields[4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) & Unusable6) != 0);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
