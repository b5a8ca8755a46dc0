using System.Globalization;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Audrey.Agent.Stages.Give;

/// <summary>Facts that the program finds without other tools. They have the names that Facter uses.</summary>
/// <param name="root">The root of the file system. Tests use another folder.</param>
internal sealed class BuiltInFacts(string root = "/") : IFactSource
{
    /// <summary>The maximum length of a fact that the server accepts.</summary>
    private const int MaxFactLength = 1024;

    /// <summary>The function that finds the value of each name. Its result is null if the value is not certain.</summary>
    private static readonly Dictionary<string, Func<string, string?>> Known = new(StringComparer.Ordinal)
    {
        ["hostname"] = static _ => Environment.MachineName.Split('.')[0],
        ["ipaddress"] = static root => Address(root, AddressFamily.InterNetwork),
        ["ipaddress6"] = static root => Address(root, AddressFamily.InterNetworkV6),
        ["machine_id"] = static root => Line(root, "etc/machine-id"),
        ["operatingsystem"] = static root => OsRelease(root, "ID"),
        ["operatingsystemrelease"] = static root => OsRelease(root, "VERSION_ID"),
        ["kernelrelease"] = static root => Line(root, "proc/sys/kernel/osrelease"),
        ["architecture"] = static _ => RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => "x86_64",
            Architecture.Arm64 => "aarch64",
            _ => null,
        },
        ["memorysize_mb"] = static root => Memory(root),
        ["processorcount"] = static root => Processors(root),
        ["sshrsakey"] = static root => HostKey(root, "rsa"),
        ["sshecdsakey"] = static root => HostKey(root, "ecdsa"),
        ["sshed25519key"] = static root => HostKey(root, "ed25519"),
    };

    public static IEnumerable<string> Names => Known.Keys;

    /// <summary>Returns all known facts in the form that the server accepts.</summary>
    public static IReadOnlyDictionary<string, string> FindAll()
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, find) in Known)
            if (find("/") is { Length: > 0 and <= MaxFactLength } value) found[name] = value;
        return found;
    }

    public Task<IReadOnlyDictionary<string, byte[]>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in names)
            if (Known.TryGetValue(name, out var find) && find(root) is { Length: > 0 } value) found[name] = Encoding.UTF8.GetBytes(value);
        return Task.FromResult<IReadOnlyDictionary<string, byte[]>>(found);
    }

    /// <summary>
    /// Returns the address of the interface of the default route. Null if there is no default route, because no address is then the obvious
    /// choice.
    /// </summary>
    private static string? Address(string root, AddressFamily family)
    {
        var name = family == AddressFamily.InterNetwork ? DefaultInterface(root) : DefaultInterface6(root);
        if (name is null) return null;
        return NetworkInterface.GetAllNetworkInterfaces()
            .Where(candidate => candidate.Name == name)
            .SelectMany(candidate => candidate.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .FirstOrDefault(address => address.AddressFamily == family && !address.IsIPv6LinkLocal)?.ToString();
    }

    private static string? DefaultInterface(string root)
    {
        // Iface Destination Gateway Flags RefCnt Use Metric Mask ...
        var routes = from line in Lines(root, "proc/net/route").Skip(1)
                     let fields = line.Split('\t', StringSplitOptions.TrimEntries)
                     where fields.Length > 7 && fields[1] == "00000000" && fields[7] == "00000000"
                     orderby long.TryParse(fields[6], CultureInfo.InvariantCulture, out var metric) ? metric : long.MaxValue
                     select fields[0];
        return routes.FirstOrDefault();
    }

    private static string? DefaultInterface6(string root)
    {
        // destination length source length next-hop metric references uses flags interface
        var routes = from line in Lines(root, "proc/net/ipv6_route")
                     let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                     where fields.Length == 10 && fields[1] == "00" && fields[0].AsSpan().IndexOfAnyExcept('0') < 0 && fields[9] != "lo"
                     orderby fields[5]
                     select fields[9];
        return routes.FirstOrDefault();
    }

    private static string? OsRelease(string root, string key) =>
        (Lines(root, "etc/os-release").FirstOrDefault(line => line.StartsWith(key + "=", StringComparison.Ordinal))
            ?? Lines(root, "usr/lib/os-release").FirstOrDefault(line => line.StartsWith(key + "=", StringComparison.Ordinal)))
        ?[(key.Length + 1)..].Trim('"', '\'');

    private static string? Memory(string root)
    {
        var total = Lines(root, "proc/meminfo").FirstOrDefault(line => line.StartsWith("MemTotal:", StringComparison.Ordinal));
        return total?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var kib, "kB"]
            && long.TryParse(kib, CultureInfo.InvariantCulture, out var size)
            ? (size / 1024).ToString(CultureInfo.InvariantCulture)
            : null;
    }

    private static string? Processors(string root) =>
        Lines(root, "proc/cpuinfo").Count(line => line.StartsWith("processor", StringComparison.Ordinal)) is > 0 and var count
            ? count.ToString(CultureInfo.InvariantCulture)
            : null;

    /// <summary>Returns the key without its type and comment, as Facter does.</summary>
    private static string? HostKey(string root, string type) =>
        Line(root, $"etc/ssh/ssh_host_{type}_key.pub")?.Split(' ') is [_, var key, ..] ? key : null;

    private static string? Line(string root, string path) => Lines(root, path).FirstOrDefault()?.Trim();

    private static string[] Lines(string root, string path)
    {
        try
        {
            return File.ReadAllLines(Path.Combine(root, path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
