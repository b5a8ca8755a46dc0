using System.Text;
using Audrey.Agent.Files;

namespace Audrey.Agent.Facts.Sshd;

/// <summary>A setting of a unit: the section, the name and the value.</summary>
internal sealed record UnitSetting(string Section, string Name, string Value);

/// <summary>A unit with its drop-ins. Its settings have the order in which systemd reads them.</summary>
internal sealed record Unit(string Name, IReadOnlyList<UnitSetting> Settings)
{
    /// <summary>Returns the values of a setting. An empty value removes the values before it.</summary>
    public IReadOnlyList<string> Find(string section, string name)
    {
        var values = new List<string>();
        foreach (var setting in Settings.Where(setting => setting.Section == section && setting.Name == name))
        {
            if (setting.Value.Length == 0) values.Clear();
            else values.Add(setting.Value);
        }

        return values;
    }
}

/// <summary>
/// Reads the files of systemd's units, because a container or an image has the files and no systemd that could be asked.
/// </summary>
/// <param name="root">The root of the file system. Tests use another folder.</param>
internal sealed class UnitFiles(string root)
{
    /// <summary>systemd writes an entry to this folder when it starts a unit, and removes it when the unit has ended.</summary>
    public const string Started = "/run/systemd/units";

    private const int MaxBytes = 1024 * 1024;

    /// <summary>The folders of units. An earlier folder replaces files of the same name in a later one.</summary>
    private static readonly string[] Folders =
    [
        "etc/systemd/system", "run/systemd/system", "run/systemd/generator", "usr/local/lib/systemd/system", "usr/lib/systemd/system",
        "lib/systemd/system",
    ];

    /// <summary>Returns the first of the units that exists and is not masked. Null if there is none.</summary>
    /// <param name="names">The names of one unit: its own and its aliases.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public Unit? Find(params IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (Folders.Select(folder => Path.Combine(root, folder, name)).FirstOrDefault(Path.Exists) is not { } file) continue;
            if (IsMasked(file)) continue;
            return new Unit(name, [.. new[] { file }.Concat(FindDropIns(names)).SelectMany(ReadSettings)]);
        }

        return null;
    }

    /// <summary>Returns whether a target starts the unit at boot.</summary>
    public bool IsEnabled(string name) =>
        FindTargets().Any(wants => new FileInfo(Path.Combine(wants, name)) is { Exists: true } or { LinkTarget: not null });

    /// <summary>
    /// Returns the folders whose entries decide what the units are and whether they are enabled. The folders of units may not exist.
    /// </summary>
    /// <param name="names">The names of units.</param>
    public IReadOnlyList<string> FindFolders(params IReadOnlyList<string> names) =>
    [
        .. Folders.Select(folder => Path.Combine(root, folder)),
        .. FindTargets(),
        .. from folder in Folders
           from name in names.Concat(names.Select(name => Path.GetExtension(name)[1..])).Distinct()
           let dropIns = Path.Combine(root, folder, name + ".d")
           where Directory.Exists(dropIns)
           select dropIns,
    ];

    /// <summary>Returns the folders in which targets have the units that they start.</summary>
    private IEnumerable<string> FindTargets() => Folders
        .Select(folder => Path.Combine(root, folder))
        .Where(Directory.Exists)
        .SelectMany(folder => new[] { "*.wants", "*.requires" }.SelectMany(pattern => Directory.EnumerateDirectories(folder, pattern)));

    /// <summary>Returns the drop-ins in the order of their names, whichever folder they are in.</summary>
    private IEnumerable<string> FindDropIns(IReadOnlyList<string> names)
    {
        var type = Path.GetExtension(names[0])[1..];
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var folder in Folders)
            foreach (var name in names.Append(type))
                if (Path.Combine(root, folder, name + ".d") is var dropIns && Directory.Exists(dropIns))
                    foreach (var file in Directory.EnumerateFiles(dropIns, "*.conf"))
                        found.TryAdd(Path.GetFileName(file), file);
        return found.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => file.Value).Where(file => !IsMasked(file));
    }

    private static bool IsMasked(string file) => new FileInfo(file).LinkTarget == "/dev/null";

    private static IEnumerable<UnitSetting> ReadSettings(string file)
    {
        var section = "";
        foreach (var line in ReadLines(Encoding.UTF8.GetString(ForeignFile.Read(file, MaxBytes))))
        {
            if (line is ['[', .., ']']) section = line[1..^1];
            else if (line.IndexOf('=') is > 0 and var equals)
                yield return new UnitSetting(section, line[..equals].TrimEnd(), line[(equals + 1)..].TrimStart());
        }
    }

    /// <summary>Returns the lines without comments and empty lines. A backslash at the end of a line continues it.</summary>
    private static IEnumerable<string> ReadLines(string text)
    {
        var started = "";
        foreach (var line in text.Split('\n').Select(line => line.Trim()))
        {
            if (line.StartsWith('#') || line.StartsWith(';') || (line.Length == 0 && started.Length == 0)) continue;
            var whole = started + line;
            if (whole.EndsWith('\\'))
            {
                started = whole[..^1] + " ";
                continue;
            }

            started = "";
            yield return whole;
        }
    }
}
