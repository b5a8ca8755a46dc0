using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Audrey.Cli.Exit;
using Audrey.Core.Planning;

namespace Audrey.Cli.Arguments;

/// <summary>
/// The options for values that are given at launch, on the command line or in a file. Other users of the machine cannot read the file.
/// </summary>
internal sealed class ValueArguments
{
    private readonly Option<string[]> _set = new("--set")
    {
        Description = "A value given at launch, as assembly[service].parameter=value. Repeat it to add items to a list.",
        HelpName = "A[S].P=VALUE",
    };

    private readonly Option<string[]> _files = new("--values")
    {
        Description = "A file of values: lines of assembly[service].parameter=value, or one JSON object if the name ends in .json. "
            + "Put secrets here, not on the command line.",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_set);
        command.Options.Add(_files);
    }

    /// <summary>Reads the values. The command line takes precedence over a file.</summary>
    /// <exception cref="CommandFailure">Values cannot be parsed. The message names each parameter without its value.</exception>
    public ImmutableArray<LaunchValue> Read(ParseResult parsed)
    {
        var problems = new List<string>();
        var values = new Dictionary<ParameterAddress, List<string>>();
        foreach (var path in parsed.GetValue(_files) ?? []) Merge(values, OfFile(path, problems));
        Merge(values, OfLines((parsed.GetValue(_set) ?? []).Select((text, i) => ($"--set number {i + 1}", text)), problems));
        if (problems.Count > 0) throw new CommandFailure(ExitCode.Usage, [.. problems]);
        return [.. values.Select(value => new LaunchValue(value.Key, [.. value.Value]))];
    }

    private static void Merge(Dictionary<ParameterAddress, List<string>> values, Dictionary<ParameterAddress, List<string>> later)
    {
        foreach (var (address, value) in later) values[address] = value;
    }

    private static Dictionary<ParameterAddress, List<string>> OfFile(string path, List<string> problems)
    {
        if (path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)) return OfJson(path, problems);
        var lines = File.ReadAllLines(path)
            .Select((text, i) => (Where: $"{path}:{i + 1}", Text: text))
            .Where(line => line.Text.Length > 0 && !line.Text.StartsWith('#'));
        return OfLines(lines, problems);
    }

    private static Dictionary<ParameterAddress, List<string>> OfLines(IEnumerable<(string Where, string Text)> lines, List<string> problems)
    {
        var values = new Dictionary<ParameterAddress, List<string>>();
        foreach (var (where, text) in lines)
        {
            if (!LaunchValue.TryParse(text, out var given, out var problem)) problems.Add($"{where}: {problem}");
            else if (values.TryGetValue(given.Address, out var items)) items.AddRange(given.Values);
            else values[given.Address] = [.. given.Values];
        }

        return values;
    }

    private static Dictionary<ParameterAddress, List<string>> OfJson(string path, List<string> problems)
    {
        var values = new Dictionary<ParameterAddress, List<string>>();
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException("it is no object");
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (!ParameterAddress.TryParse(property.Name, out var address, out var problem))
                    problems.Add($"{path}: {problem}, not as '{property.Name}'");
                else if (TextsOf(property.Value) is { } texts) values[address] = texts;
                else problems.Add($"{path}: {address} is neither a text, a number, true, false, nor a list of these");
            }
        }
        catch (JsonException error)
        {
            problems.Add($"{path} is not a JSON object of values: line {(error.LineNumber ?? 0) + 1}, character "
                + $"{(error.BytePositionInLine ?? 0) + 1}");
        }

        return values;
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
