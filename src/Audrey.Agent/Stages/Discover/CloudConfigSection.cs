using Audrey.Agent.Yaml;

namespace Audrey.Agent.Stages.Discover;

/// <summary>
/// Finds Audrey's section in a cloud-config. The rest of the file is for cloud-init. The rest may contain anchors, tags, null and other
/// elements that this program rejects, so only the lines of the section are parsed.
/// </summary>
internal static class CloudConfigSection
{
    /// <summary>Returns the value of the top-level key. Null if there is no such key.</summary>
    public static TypedNode? Find(string text, string key)
    {
        var lines = text.Split('\n');
        var first = Array.FindIndex(lines, line => line.StartsWith(key + ":", StringComparison.Ordinal));
        if (first < 0) return null;
        var next = Array.FindIndex(lines, first + 1, line => line.Length > 0 && line[0] is not (' ' or '\t' or '#' or '\r'));

        // All other lines become empty lines, so that line numbers in messages are right.
        var section = string.Join('\n', lines.Select((line, number) => number >= first && (next < 0 || number < next) ? line : ""));
        return StrictYamlReader.Read(section)[key];
    }
}
