using System.Text;
using Audrey.Agent.Files;
using Audrey.Agent.Yaml;

namespace Audrey.Agent.Facts.Readers;

/// <summary>
/// Reads the facts of the class Package: the versions of the packages that the template required. The names are those that cloud-init was
/// told to install.
/// </summary>
/// <param name="programs">Runs the package manager.</param>
/// <param name="root">The root of the file system with the cloud-config. Tests use another folder.</param>
internal sealed class PackageReader(FactPrograms programs, string root = "/") : IFactReader
{
    private const string CloudConfig = "var/lib/cloud/instance/cloud-config.txt", Key = "packages";
    private const int MaxBytes = 1024 * 1024;
    private const string Dpkg = "/usr/bin/dpkg-query", DpkgDatabase = "/var/lib/dpkg/status", Rpm = "/usr/bin/rpm";

    public FactClass Class { get; } = new("Package", "The packages that the template required.")
    {
        Open = new FactProperty("PACKAGE", FactType.Text, "The installed version, in the words of dpkg-query or rpm."),
    };

    /// <summary>The databases of rpm are at the second path before Fedora 36, and at the third since then.</summary>
    public ChangeSigns FindSigns() => new()
    {
        Paths = [Path.Combine(root, CloudConfig), DpkgDatabase, "/var/lib/rpm", "/usr/lib/sysimage/rpm"],
    };

    public async Task<IReadOnlyDictionary<string, Reading>> ReadAsync(CancellationToken cancellationToken)
    {
        var readings = new Dictionary<string, Reading>(StringComparer.Ordinal);
        foreach (var name in ReadNames(Path.Combine(root, CloudConfig))) readings[name] = await FindAsync(name, cancellationToken);
        return readings;
    }

    /// <summary>Returns the names of the packages in a cloud-config. A package is a name, or a list of a name and a version.</summary>
    /// <exception cref="FactException">The file does not exist, or the key cannot be read.</exception>
    public static IReadOnlyList<string> ReadNames(string path)
    {
        if (!File.Exists(path)) throw new FactException($"the required packages are not known, because cloud-init has written no {path}");
        try
        {
            return StrictYamlReader.ReadValue(Encoding.UTF8.GetString(ForeignFile.Read(path, MaxBytes)), Key) switch
            {
                null => [],
                TypedList list => [.. list.Items.Select(ReadName)],
                _ => throw new FactException($"{Key} in {path} is not a list"),
            };
        }
        catch (StrictYamlException failure)
        {
            throw new FactException($"{path}: {failure.Message}");
        }
    }

    private static string ReadName(TypedNode node) => node switch
    {
        TypedScalar { Text: [not '-', ..] } scalar => scalar.Text,
        TypedList { Items: [TypedScalar { Text: [not '-', ..] } scalar, ..] } => scalar.Text,
        _ => throw StrictYamlException.At(node, $"{Key} has an entry that is not the name of a package"),
    };

    private async Task<Reading> FindAsync(string name, CancellationToken cancellationToken)
    {
        // A machine with dpkg can have rpm as a program, with an empty database.
        if (File.Exists(Dpkg) && new FileInfo(DpkgDatabase) is { Exists: true, Length: > 0 })
        {
            var shown = await programs.RunAsync(Dpkg, ["-W", "-f", "${db:Status-Status} ${Version}\n", "--", name], cancellationToken);
            var versions = shown.Output.Split('\n').Where(line => line.StartsWith("installed ", StringComparison.Ordinal)).ToArray();
            return ToReading(shown.Status == 0 ? [.. versions.Select(line => line["installed ".Length..])] : []);
        }

        if (!File.Exists(Rpm)) return Reading.Unknown($"the machine has neither {Dpkg} nor {Rpm}");
        var listed = await programs.RunAsync(Rpm, ["-q", "--qf", "%{EVR}\n", "--", name], cancellationToken);
        return ToReading(listed.Status == 0 ? listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries) : []);
    }

    /// <summary>Several versions can be installed at once, for example of the kernel.</summary>
    private static Reading ToReading(string[] versions) =>
        versions.Length == 0 ? Reading.None("it is not installed") : Reading.Of(string.Join(", ", versions.Distinct()));
}
