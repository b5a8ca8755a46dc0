using System.Text.Json;
using System.Text.RegularExpressions;
using Audrey.Agent.Yaml;

namespace Audrey.Agent.Engines.Puppet;

/// <summary>Reads what went wrong from puppet's log, and takes the values out of it: puppet quotes what it refuses.</summary>
internal static class PuppetLog
{
    private const int MaxMessages = 5;
    private const int MaxMessageLength = 600;
    private const long MaxBytes = 4 * 1024 * 1024;
    private const string Hidden = "[value]";

    /// <summary>The messages of errors, without values; none if there is no log.</summary>
    public static IReadOnlyList<string> Errors(string path, IReadOnlyList<PuppetClass> classes)
    {
        if (!File.Exists(path) || new FileInfo(path).Length > MaxBytes) return [];
        var values = classes.SelectMany(known => known.Parameters).SelectMany(parameter => Scalars(parameter.Value)).Distinct().OrderByDescending(value => value.Length).ToArray();
        return [.. Entries(File.ReadAllText(path)).Select(message => Clean(message, values)).Distinct().Take(MaxMessages)];
    }

    /// <summary>Without values, on one line, bounded.</summary>
    public static string Clean(string message, IEnumerable<string> values)
    {
        // Puppet may show a value as it is, or as a string of its language with quotes and newlines escaped.
        foreach (var value in values)
            foreach (var shown in new[] { value, value.Replace("\n", "\\n", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) })
                message = Regex.Replace(message, $@"(?<!\w){Regex.Escape(shown)}(?!\w)", Hidden, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        var line = string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        line = string.Concat(line.Where(character => !char.IsControl(character)));
        return line.Length <= MaxMessageLength ? line : string.Concat(line.AsSpan(0, MaxMessageLength), "...");
    }

    /// <summary>The entries are a JSON array that puppet leaves open if it ends early; each entry stands by itself.</summary>
    private static IEnumerable<string> Entries(string log)
    {
        var reader = log.Trim().TrimEnd(',');
        if (reader.StartsWith('[') && !reader.EndsWith(']')) reader += "]";
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(reader, new JsonDocumentOptions { AllowTrailingCommas = true });
        }
        catch (JsonException)
        {
            return [];
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Array) return [];
            return [.. document.RootElement.EnumerateArray()
                .Where(entry => entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("level", out var level) && level.GetString() is "err" or "crit" or "alert" or "emerg")
                .Select(entry => entry.TryGetProperty("message", out var message) ? message.ToString() : "")
                .Where(message => message.Length > 0)];
        }
    }

    private static IEnumerable<string> Scalars(YamlNode node) => node switch
    {
        YamlScalar { Text.Length: > 0, Kind: not ScalarKind.Boolean } scalar => [scalar.Text],
        YamlList list => list.Items.SelectMany(Scalars),
        YamlMap map => map.Entries.SelectMany(entry => Scalars(entry.Value)),
        _ => [],
    };
}
