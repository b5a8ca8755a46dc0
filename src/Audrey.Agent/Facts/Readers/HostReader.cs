using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Audrey.Agent.Stages.Give;

namespace Audrey.Agent.Facts.Readers;

/// <summary>Reads the facts of the class Host. Most of them are the built-in facts that the guest gives to the server.</summary>
/// <param name="root">The root of the file system. Tests use another folder.</param>
internal sealed class HostReader(string root = "/") : IFactReader
{
    private static readonly (FactProperty Property, string Fact, string Missing)[] BuiltIn =
    [
        (new("hostname", FactType.Text, "The host name without its domain."), "hostname", "the machine has no name of its own"),
        (new("machine-id", FactType.Text, "The machine id of systemd."), "machine_id", "/etc/machine-id has no id"),
        (new("os", FactType.Text, "The id of the operating system, such as debian."), "operatingsystem", "/etc/os-release has no ID"),
        (new("os-version", FactType.Text, "The version of the operating system."), "operatingsystemrelease",
            "/etc/os-release has no VERSION_ID"),
        (new("kernel", FactType.Text, "The release of the kernel."), "kernelrelease", "/proc/sys/kernel/osrelease cannot be read"),
        (new("architecture", FactType.Text, "The architecture: x86_64 or aarch64."), "architecture", "it is neither x86_64 nor aarch64"),
        (new("memory", FactType.Integer, "The memory of the machine.") { Unit = "MiB" }, "memorysize_mb",
            "/proc/meminfo has no MemTotal"),
        (new("cpus", FactType.Integer, "The number of processors."), "processorcount", "/proc/cpuinfo has no processor"),
    ];

    private static readonly FactProperty[] Loads =
    [
        .. new[] { 1, 5, 15 }.Select(minutes => new FactProperty(
            $"load-{minutes}",
            FactType.Number,
            $"The average number of processes that run or wait for a processor or a disk, over {minutes} min.")
        {
            IsVolatile = true,
        }),
    ];

    public FactClass Class { get; } = new("Host", "The machine.", [.. BuiltIn.Select(fact => fact.Property), .. Loads]);

    public ChangeSigns FindSigns() => new()
    {
        HostName = true,
        Paths = [.. new[] { "etc/machine-id", "etc/os-release", "usr/lib/os-release" }.Select(path => Path.Combine(root, path))],
    };

    public async Task<IReadOnlyDictionary<string, Reading>> ReadAsync(CancellationToken cancellationToken)
    {
        var found = await new BuiltInFacts(root).FindAsync([.. BuiltIn.Select(fact => fact.Fact)], cancellationToken);
        var readings = new Dictionary<string, Reading>(StringComparer.Ordinal);
        foreach (var (property, fact, missing) in BuiltIn)
            readings[property.Name] = found.TryGetValue(fact, out var value)
                ? Reading.Of(ToValue(property.Type, Encoding.UTF8.GetString(value)))
                : Reading.Unknown(missing);
        foreach (var (property, load) in Loads.Zip(ReadLoads())) readings[property.Name] = load;
        return readings;
    }

    private static JsonNode ToValue(FactType type, string text) =>
        type == FactType.Integer ? long.Parse(text, CultureInfo.InvariantCulture) : text;

    private Reading[] ReadLoads()
    {
        try
        {
            var fields = File.ReadAllText(Path.Combine(root, "proc/loadavg")).Split(' ');
            return [.. fields.Take(Loads.Length).Select(field => Reading.Of(double.Parse(field, CultureInfo.InvariantCulture)))];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
        {
            return [.. Loads.Select(_ => Reading.Unknown($"/proc/loadavg: {failure.Message}"))];
        }
    }
}
