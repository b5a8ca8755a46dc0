using Audrey.Agent.Yaml;

namespace Audrey.Agent.UserData;

/// <summary>
/// Our section of a cloud-config. The rest of the file is cloud-init's: it may hold anchors, tags, null and whatever else is refused here,
/// so only the section's own lines are read.
/// </summary>
internal static class CloudConfigSection
{
    /// <summary>The value of the top-level key; null if there is none.</summary>
    public static YamlNode? Find(string text, string key)
    {
        var lines = text.Split('\n');
        var first = Array.FindIndex(lines, line => line.StartsWith(key + ":", StringComparison.Ordinal));
        if (first < 0) return null;
        var after = Array.FindIndex(lines, first + 1, line => line.Length > 0 && line[0] is not (' ' or '\t' or '#' or '\r'));

        // Empty lines stand for those before, so that a problem is said to be where it is.
        var section = string.Join('\n', lines.Select((line, number) => number >= first && (after < 0 || number < after) ? line : ""));
        return YamlReader.Read(section)[key];
    }
}
