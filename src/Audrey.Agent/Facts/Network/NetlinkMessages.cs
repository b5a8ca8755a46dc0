using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Audrey.Agent.Facts.Network;

/// <summary>Reads the kernel's messages about links, addresses and routes. Numbers are little-endian, as the machine is.</summary>
internal static class NetlinkMessages
{
    private const int LinkBytes = 16, AddressBytes = 8, RouteBytes = 12, HopBytes = 8, AttributeBytes = 4;
    private const int AttributeMask = 0x3fff;
    private const byte Unicast = 1, MainTable = 254;

    private static readonly string[] States =
        ["unknown", "not present", "down", "lower layer down", "testing", "dormant", "up"];

    /// <summary>The flags of an address. The first flag is called temporary with IPv6 and secondary with IPv4.</summary>
    private static readonly (int Bit, string Name)[] Flags =
    [
        (0x02, "nodad"), (0x04, "optimistic"), (0x08, "dadfailed"), (0x20, "deprecated"), (0x40, "tentative"), (0x80, "permanent"),
        (0x100, "mngtmpaddr"), (0x200, "noprefixroute"),
    ];

    /// <summary>Returns a link as a map, and its number.</summary>
    public static (int Number, string Name, JsonObject Map) ReadLink(ReadOnlySpan<byte> message)
    {
        var attributes = ReadAttributes(message[LinkBytes..]);
        var number = BinaryPrimitives.ReadInt32LittleEndian(message[4..]);
        var name = attributes.TryGetValue(3, out var text) ? Encoding.UTF8.GetString(text).TrimEnd('\0') : $"{number}";
        var map = new JsonObject { ["name"] = name };
        if (attributes.TryGetValue(16, out var state) && state[0] < States.Length) map["state"] = States[state[0]];
        if (attributes.TryGetValue(4, out var mtu)) map["mtu"] = BinaryPrimitives.ReadInt32LittleEndian(mtu);
        if (attributes.TryGetValue(1, out var mac) && mac.AsSpan().ContainsAnyExcept((byte)0))
            map["mac"] = string.Join(':', mac.Select(part => part.ToString("x2")));
        return (number, name, map);
    }

    /// <summary>Returns an address as a map. Null if the message has no IP address.</summary>
    /// <param name="message">The message.</param>
    /// <param name="links">The names of links by number.</param>
    public static JsonObject? ReadAddress(ReadOnlySpan<byte> message, IReadOnlyDictionary<int, string> links)
    {
        var attributes = ReadAttributes(message[AddressBytes..]);

        // On a link to one peer, the first attribute is the peer's address, and the second is the address of this machine.
        if ((attributes.GetValueOrDefault(2) ?? attributes.GetValueOrDefault(1)) is not { Length: 4 or 16 } bytes) return null;
        var flags = attributes.TryGetValue(8, out var wide) ? BinaryPrimitives.ReadInt32LittleEndian(wide) : message[2];
        var names = Flags.Where(flag => (flags & flag.Bit) != 0).Select(flag => flag.Name).ToList();
        if ((flags & 1) != 0) names.Insert(0, bytes.Length == 4 ? "secondary" : "temporary");
        return new JsonObject
        {
            ["interface"] = FindName(links, BinaryPrimitives.ReadInt32LittleEndian(message[4..])),
            ["address"] = new IPAddress(bytes).ToString(),
            ["prefix"] = (int)message[1],
            ["scope"] = message[3] switch { 0 => "global", 200 => "site", 253 => "link", 254 => "host", var other => $"{other}" },
            ["flags"] = new JsonArray([.. names.Select(name => (JsonNode)name)]),
        };
    }

    /// <summary>Returns the hops of a default route of the main table. Empty for every other route.</summary>
    public static IReadOnlyList<JsonObject> ReadDefaultRoute(ReadOnlySpan<byte> message, IReadOnlyDictionary<int, string> links)
    {
        if (message[1] != 0 || message[4] != MainTable || message[7] != Unicast) return [];
        var attributes = ReadAttributes(message[RouteBytes..]);
        var metric = attributes.TryGetValue(6, out var priority) ? BinaryPrimitives.ReadUInt32LittleEndian(priority) : 0;
        if (!attributes.TryGetValue(9, out var hops))
            return attributes.TryGetValue(4, out var link)
                ? [Hop(BinaryPrimitives.ReadInt32LittleEndian(link), attributes, attributes.GetValueOrDefault(7), metric, links)]
                : [];
        var found = new List<JsonObject>();
        for (ReadOnlySpan<byte> rest = hops; rest.Length >= HopBytes;)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            if (length < HopBytes || length > rest.Length) throw new FactException("the kernel's route is cut off");
            var own = ReadAttributes(rest[HopBytes..length]);
            found.Add(Hop(BinaryPrimitives.ReadInt32LittleEndian(rest[4..]), own, attributes.GetValueOrDefault(7), metric, links));
            rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        }

        return found;
    }

    private static JsonObject Hop(
        int link, Dictionary<int, byte[]> attributes, byte[]? source, uint metric, IReadOnlyDictionary<int, string> links)
    {
        var hop = new JsonObject { ["interface"] = FindName(links, link), ["metric"] = (long)metric };

        // Attribute 18 is a gateway of the other family, after two bytes with the family.
        if (attributes.TryGetValue(5, out var gateway)) hop["gateway"] = new IPAddress(gateway).ToString();
        else if (attributes.TryGetValue(18, out var via)) hop["gateway"] = new IPAddress(via.AsSpan(2)).ToString();
        if (source is not null) hop["source"] = new IPAddress(source).ToString();
        return hop;
    }

    private static string FindName(IReadOnlyDictionary<int, string> links, int number) =>
        links.TryGetValue(number, out var name) ? name : $"{number}";

    private static Dictionary<int, byte[]> ReadAttributes(ReadOnlySpan<byte> bytes)
    {
        var attributes = new Dictionary<int, byte[]>();
        while (bytes.Length >= AttributeBytes)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            if (length < AttributeBytes || length > bytes.Length) throw new FactException("the kernel's message is cut off");
            attributes[BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]) & AttributeMask] = bytes[AttributeBytes..length].ToArray();
            bytes = bytes[Math.Min((length + 3) & ~3, bytes.Length)..];
        }

        return attributes;
    }
}
