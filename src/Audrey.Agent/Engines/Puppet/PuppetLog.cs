using System.Globalization;
using System.Text;
using System.Text.Json;
using Audrey.Agent.Services;
using Audrey.Agent.Yaml;

namespace Audrey.Agent.Engines.Puppet;

/// <summary>Reads the errors from Puppet's log and masks the values in them, because Puppet quotes the values that it rejects.</summary>
internal static class PuppetLog
{
    private const int MaxMessages = 5;
    private const int MaxMessageLength = 600;
    private const long MaxBytes = 4 * 1024 * 1024;

    /// <summary>The maximum length of a message in which values are searched, in characters. It bounds the time of the search.</summary>
    private const int MaxSearchedLength = 32 * 1024;
    private const string Hidden = "[value]";

    /// <summary>Returns the error messages, without values. Returns an empty list if there is no log.</summary>
    public static IReadOnlyList<string> ReadErrors(string path, IReadOnlyList<PuppetClass> classes)
    {
        if (!File.Exists(path) || new FileInfo(path).Length > MaxBytes) return [];
        var values = classes
            .SelectMany(puppetClass => puppetClass.Parameters)
            .SelectMany(parameter => Scalars(parameter.Value))
            .Distinct()
            .OrderByDescending(value => value.Length)
            .ToArray();
        return [.. Entries(File.ReadAllText(path)).Select(message => Mask(message, values)).Distinct().Take(MaxMessages)];
    }

    /// <summary>Returns the message without values, on one line, and not longer than the maximum.</summary>
    private static string Mask(string message, IEnumerable<string> values)
    {
        if (message.Length > MaxSearchedLength) return $"[a message of {message.Length} characters]";

        // Puppet prints a value either unchanged, or as a Puppet string in which quotes and newlines are escaped.
        foreach (var value in values)
        {
            message = Replace(message, value);
            message = Replace(message, value.Replace("\n", "\\n", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal));
        }

        var line = string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        line = string.Concat(line.Where(character => !char.IsControl(character)));
        return line.Length <= MaxMessageLength ? line : string.Concat(line.AsSpan(0, MaxMessageLength), "...");
    }

    /// <summary>
    /// Replaces the value where it is not a part of a longer word. A regular expression would add the whole interpreter of such expressions
    /// to this program.
    /// </summary>
    private static string Replace(string message, string value)
    {
        var result = new StringBuilder();
        var (kept, at) = (0, 0);
        while ((at = message.IndexOf(value, at, StringComparison.Ordinal)) >= 0)
        {
            var end = at + value.Length;
            if ((at > 0 && IsOfWord(message[at - 1])) || (end < message.Length && IsOfWord(message[end])))
            {
                at++;
                continue;
            }

            result.Append(message, kept, at - kept).Append(Hidden);
            kept = at = end;
        }

        return result.Append(message, kept, message.Length - kept).ToString();
    }

    private static bool IsOfWord(char character) => char.IsLetterOrDigit(character)
        || char.GetUnicodeCategory(character) is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.NonSpacingMark;

    /// <summary>
    /// Returns the messages of the errors in the log. The log is a JSON array. If Puppet ends early, the array has no closing bracket.
    /// </summary>
    private static IEnumerable<string> Entries(string log)
    {
        var array = log.Trim().TrimEnd(',');
        if (array.StartsWith('[') && !array.EndsWith(']')) array += "]";
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(array, new JsonDocumentOptions { AllowTrailingCommas = true });
        }
        catch (JsonException)
        {
            return [];
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Array) return [];
            return [.. document.RootElement.EnumerateArray()
                .Where(IsError)
                .Select(entry => entry.TryGetProperty("message", out var message) ? message.ToString() : "")
                .Where(message => message.Length > 0)];
        }
    }

    private static bool IsError(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object
        && entry.TryGetProperty("level", out var level)
        && level.GetString() is "err" or "crit" or "alert" or "emerg";

    private static IEnumerable<string> Scalars(TypedNode node) => node switch
    {
        TypedScalar { Text.Length: > 0, Kind: not ScalarKind.Boolean } scalar => [scalar.Text],
        TypedList list => list.Items.SelectMany(Scalars),
        TypedMap map => map.Entries.SelectMany(entry => Scalars(entry.Value)),
        _ => [],
    };
}
