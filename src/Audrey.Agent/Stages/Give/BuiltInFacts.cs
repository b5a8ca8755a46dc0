using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Audrey.Agent.Stages.Give;

/// <summary>Facts that the program finds without other tools. These facts have the names that Facter uses.</summary>
/// <param name="root">The root of the file system. Tests use another folder.</param>
internal sealed class BuiltInFacts(string root = "/") : IFactSource
{
    private const string HostNameFact = "hostname";

    /// <summary>The function that finds the value of each name. The result of the function is null if the value is not certain.</summary>
    private static readonly Dictionary<string, Func<string, string?>> Known = new(StringComparer.Ordinal)
    {
        [HostNameFact] = static _ => HostName(Environment.MachineName),
        // In an image the file is empty, or it contains this word until the first boot.
        ["machine_id"] = static root => Line(root, "etc/machine-id") is var id && id is "uninitialized" ? null : id,
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

    public bool Owns(string name) => name == HostNameFact;

    public Task<IReadOnlyDictionary<string, byte[]>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in names)
            if (Known.TryGetValue(name, out var find) && find(root) is { Length: > 0 } value) found[name] = Encoding.UTF8.GetBytes(value);
        return Task.FromResult<IReadOnlyDictionary<string, byte[]>>(found);
    }

    /// <summary>
    /// Returns the name without its domain. Null if the machine has only the name that every machine has before it is named.
    /// </summary>
    public static string? HostName(string name) => name.Split('.')[0] is var first && first is "" or "localhost" or "(none)" ? null : first;

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
