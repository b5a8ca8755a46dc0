using Audrey.Agent.Yaml;

namespace Audrey.Agent.Stages.Discover;

/// <summary>
/// Finds Audrey's section in a cloud-config. The rest of the file is for cloud-init. That part may contain anchors, tags, null and other
/// elements that this program rejects, so only the section is read strictly.
/// </summary>
internal static class CloudConfigSection
{
    /// <summary>Returns the value of the top-level key. Null if there is no such key.</summary>
    /// <param name="text">The cloud-config.</param>
    /// <param name="key">The key.</param>
    /// <param name="isTemplate">Whether cloud-init fills in the text as a jinja template before it reads it.</param>
    public static TypedNode? Find(string text, string key, bool isTemplate)
    {
        TypedNode? section;
        try
        {
            section = StrictYamlReader.ReadValue(text, key);
        }
        catch (StrictYamlException) when (isTemplate)
        {
            // A template is not always YAML before it is filled in.
            section = FindInLines(text, key);
        }

        return section is not null && isTemplate && HasTemplate(section)
            ? throw new UserDataException(
                $"is a jinja template, and its section {key} has expressions of it, which only cloud-init can fill in")
            : section;
    }

    private static TypedNode? FindInLines(string text, string key)
    {
        var lines = text.Split('\n');
        var first = Array.FindIndex(lines, line => line.StartsWith(key + ":", StringComparison.Ordinal));
        if (first < 0) return null;
        var next = Array.FindIndex(lines, first + 1, line => line.Length > 0 && line[0] is not (' ' or '\t' or '#' or '\r'));

        // All other lines become empty lines, so that the line numbers in messages are correct.
        var section = string.Join('\n', lines.Select((line, number) => number >= first && (next < 0 || number < next) ? line : ""));
        return StrictYamlReader.Read(section)[key];
    }

    private static bool HasTemplate(TypedNode node) => node switch
    {
        TypedScalar scalar => scalar.Text.Contains("{{", StringComparison.Ordinal) || scalar.Text.Contains("{%", StringComparison.Ordinal),
        TypedList list => list.Items.Any(HasTemplate),
        TypedMap map => map.Entries.Any(entry => HasTemplate(entry.Value)),
        _ => false,
    };
}
