using System.Collections.Immutable;
using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Limits;

namespace Audrey.Core.Tarballs;

/// <summary>Lists the entries of an instance's tarball in order.</summary>
internal static class TarballPlan
{
    /// <summary>Returns the entries and the errors in them.</summary>
    public static List<Entry> Make(
        InstanceConfig config, IReadOnlyDictionary<string, byte[]> fetched, DocumentLimits limits, out ImmutableArray<string> problems)
    {
        var entries = new List<Entry> { new(".", null, true) };
        var found = new List<string>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var service in config.Services)
        {
            var where = $"service {NameRules.Show(service.Name)}";
            if (NameRules.Service(service.Name, limits) is { } problem) found.Add($"{where}: its name {problem}");
            else if (!names.Add(service.Name)) found.Add($"{where}: a second service of that name");
            else AddService(service, where, fetched, limits, entries, found);
        }

        CheckSize(entries, limits, found);
        problems = [.. found];
        return entries;
    }

    private static void AddService(
        ServiceConfig service,
        string where,
        IReadOnlyDictionary<string, byte[]> fetched,
        DocumentLimits limits,
        List<Entry> entries,
        List<string> found)
    {
        // A service in the format of 2011 runs puppet classes, so its guest has nothing to unpack.
        if (service.Executable is null && service.Files.IsEmpty) return;
        entries.Add(new Entry(service.Name + "/", null, true));
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (service.Executable is not null)
        {
            names.Add(SourceRules.ExecutableName);
            Add(service.Executable, SourceRules.ExecutableName, true);
        }

        foreach (var file in service.Files)
        {
            if (!SourceRules.TryGetFileName(file, limits, out var name, out var problem))
                found.Add($"{where}: the name of a file {problem}");
            else if (!names.Add(name)) found.Add($"{where}: a second file {NameRules.Show(name)}; names must be unique");
            else Add(file, name, false);
        }

        void Add(SourceFile source, string name, bool executable)
        {
            if (ContentsOf(source, fetched) is not { } contents)
                found.Add($"{where}: {NameRules.Show(name)} has neither contents nor a fetched URL");
            else if (contents.Length > limits.MaxFileBytes)
                found.Add($"{where}: {NameRules.Show(name)} is {contents.Length} bytes long; at most {limits.MaxFileBytes} are allowed");
            else entries.Add(new Entry($"{service.Name}/{name}", contents, executable));
        }
    }

    private static byte[]? ContentsOf(SourceFile source, IReadOnlyDictionary<string, byte[]> fetched)
    {
        if (source.Url is null) return source.Contents is null ? null : Encoding.UTF8.GetBytes(source.Contents);
        return fetched.GetValueOrDefault(source.Url);
    }

    private static void CheckSize(List<Entry> entries, DocumentLimits limits, List<string> found)
    {
        var unpacked = entries.Sum(entry => entry.Contents?.LongLength ?? 0);
        if (SourceRules.ProblemOfSize(entries.Count, unpacked, limits) is { } problem) found.Add(problem);
    }

    /// <summary>An entry of the tarball.</summary>
    /// <param name="Name">The path in the tarball. The path of a folder ends with a slash.</param>
    /// <param name="Contents">The contents of a file. Null for a folder.</param>
    /// <param name="Executable">Whether the mode of the file is 0755 instead of 0644.</param>
    internal sealed record Entry(string Name, byte[]? Contents, bool Executable);
}
