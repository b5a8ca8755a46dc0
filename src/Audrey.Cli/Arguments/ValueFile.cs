using System.Globalization;
using System.Text;
using System.Text.Json;
using Audrey.Core.Planning;
using Audrey.Core.Text;

namespace Audrey.Cli.Arguments;

/// <summary>
/// Reads a file of values: lines of <c>assembly[service].parameter=value</c>, or one JSON object. The file must be UTF-8. No problem
/// repeats a value, because values can be secrets.
/// </summary>
internal sealed class ValueFile
{
    private const string Example = "{\"db[mysql].password\": \"...\"}";

    private readonly string _path;
    private readonly List<string> _problems;

    private ValueFile(string path, List<string> problems) => (_path, _problems) = (path, problems);

    /// <summary>Reads a file. Adds what is wrong with it to <paramref name="problems"/>.</summary>
    public static Dictionary<ParameterAddress, List<string>> Read(string path, List<string> problems) =>
        Read(path, File.ReadAllBytes(path), problems);

    /// <summary>Reads the bytes of a file. Adds what is wrong with them to <paramref name="problems"/>.</summary>
    public static Dictionary<ParameterAddress, List<string>> Read(string path, byte[] content, List<string> problems)
    {
        if (Utf8Text.Decode(path, content, out var text) is { } wrong)
        {
            problems.Add(wrong.ToString());
            return [];
        }

        var file = new ValueFile(path, problems);
        if (path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)) return file.ReadJson(text);
        var lines = LinesOf(text).Select((line, i) => (Where: $"{path}:{i + 1}", Text: line));
        return ValueArguments.ReadLines(lines.Where(line => line.Text.Length > 0 && !line.Text.StartsWith('#')), problems);
    }

    private static IEnumerable<string> LinesOf(string text)
    {
        using var reader = new StringReader(text);
        while (reader.ReadLine() is { } line) yield return line;
    }

    private Dictionary<ParameterAddress, List<string>> ReadJson(string text)
    {
        var values = new Dictionary<ParameterAddress, List<string>>();
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (json.RootElement.ValueKind == JsonValueKind.Object)
                foreach (var (i, property) in json.RootElement.EnumerateObject().Index()) AddProperty(i + 1, property, values);
            else _problems.Add($"{_path}: the JSON is not an object of values; write {Example}");
        }
        catch (JsonException error)
        {
            _problems.Add($"{Locate(error, text)}: here the file is not a JSON object of values; write {Example}");
        }
        catch (InvalidOperationException)
        {
            // JSON can contain half of a surrogate pair, such as "\ud800". The parser throws when such a string is read.
            _problems.Add($"{_path}: a name or a value has an escape such as \\ud800 that is only half of a character");
        }

        return values;
    }

    // The name of a wrong member is not repeated. If a quotation mark is missing, it can contain a value.
    private void AddProperty(int number, JsonProperty property, Dictionary<ParameterAddress, List<string>> values)
    {
        if (!ParameterAddress.TryParse(property.Name, out var address, out var problem))
            _problems.Add($"{_path}: value {number}: {problem}");
        else if (property.Value.ValueKind == JsonValueKind.Null)
            _problems.Add($"{_path}: {address} is null; remove it to give no value, or write \"\" for an empty string");
        else if (TextsOf(property.Value) is { } texts) values[address] = texts;
        else _problems.Add($"{_path}: {address} is not a string, a number, true, false, or a list of these");
    }

    /// <summary>Returns <c>path:line:column</c> of an error. The parser counts the column in bytes.</summary>
    private string Locate(JsonException error, string text)
    {
        var line = (int)(error.LineNumber ?? 0);
        var bytes = Encoding.UTF8.GetBytes(text.Split('\n').ElementAtOrDefault(line) ?? "");
        var column = Encoding.UTF8.GetCharCount(bytes, 0, (int)Math.Min(error.BytePositionInLine ?? 0, bytes.Length)) + 1;
        return string.Create(CultureInfo.InvariantCulture, $"{_path}:{line + 1}:{column}");
    }

    private static List<string>? TextsOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array) return TextOf(value) is { } text ? [text] : null;
        List<string?> items = [.. value.EnumerateArray().Select(TextOf)];
        return items.Contains(null) ? null : [.. items.Select(item => item!)];
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };
}
