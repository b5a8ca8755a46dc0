using System.Text;
using Audrey.Agent.Files;

namespace Audrey.Agent.Facts.Sshd;

/// <summary>Finds the files and folders from which sshd reads its configuration.</summary>
/// <param name="root">The root of the file system. Tests use another folder.</param>
internal sealed class SshdFiles(string root = "/")
{
    private const int MaxBytes = 1024 * 1024, MaxFiles = 256, MaxFolders = 256;
    private const string Folder = "etc/ssh";

    private readonly HashSet<string> _files = new(StringComparer.Ordinal), _folders = new(StringComparer.Ordinal);

    /// <summary>
    /// Returns the files with everything that they include, and the folders that a pattern of an Include searches. The folder of sshd is
    /// always one of them, because sshd also needs its host keys.
    /// </summary>
    /// <param name="options">The options of sshd.</param>
    public IReadOnlyList<string> Find(IReadOnlyList<string> options)
    {
        _folders.Add(Path.Combine(root, Folder));
        var own = options.Zip(options.Skip(1)).FirstOrDefault(pair => pair.First == "-f").Second;
        Add(own is null ? Path.Combine(root, Folder, "sshd_config") : Path.Combine(root, own.TrimStart('/')));
        return [.. _files, .. _folders];
    }

    private void Add(string file)
    {
        if (_files.Count >= MaxFiles || !_files.Add(file)) return;
        foreach (var pattern in ReadPatterns(file))
            foreach (var included in Expand(Path.Combine(root, pattern.StartsWith('/') ? pattern[1..] : Path.Combine(Folder, pattern))))
                Add(included);
    }

    /// <summary>Returns the patterns of all lines Include, also of those in a block of Match.</summary>
    private static IEnumerable<string> ReadPatterns(string file)
    {
        string text;
        try
        {
            text = Encoding.UTF8.GetString(ForeignFile.Read(file, MaxBytes));
        }
        catch (IOException)
        {
            // sshd itself says in its own words why the file cannot be read. The file counts as soon as it can.
            return [];
        }

        return from line in text.Split('\n')
               let words = CommandWords.Split(line.Trim().Replace('=', ' '))
               where words.Count > 1 && words[0].Equals("Include", StringComparison.OrdinalIgnoreCase)
               from pattern in words.Skip(1)
               select pattern;
    }

    /// <summary>Returns the files that match a pattern, and notes the folders in which another file could match it.</summary>
    private IReadOnlyList<string> Expand(string pattern)
    {
        IReadOnlyList<string> found = ["/"];
        foreach (var part in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
            found = part.AsSpan().IndexOfAny("*?[") < 0
                ? [.. found.Select(folder => Path.Combine(folder, part))]
                : [.. found.SelectMany(folder => Match(folder, part)).Take(MaxFiles)];
        return found;
    }

    /// <summary>Any character counts as one of a set of characters, so a file too many can be found, and never one too few.</summary>
    private IEnumerable<string> Match(string folder, string part)
    {
        if (_folders.Count < MaxFolders) _folders.Add(folder);
        while (part.IndexOf('[') is >= 0 and var start && part.IndexOf(']', start) is > 0 and var end)
            part = $"{part[..start]}?{part[(end + 1)..]}";
        return Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder, part) : [];
    }
}
