using System.Collections.Immutable;
using System.CommandLine;
using Audrey.Cli.Exit;
using Audrey.Core.Planning;

namespace Audrey.Cli.Arguments;

/// <summary>
/// The options for values that are given at launch, on the command line or in a file. Other users of the machine cannot read the file.
/// </summary>
internal sealed class ValueArguments
{
    /// <summary>The character that the runtime puts in place of bytes of an argument that are not UTF-8.</summary>
    private const char Replacement = '\ufffd';

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "A value for the launch, as assembly[service].parameter=value. Can be repeated to add items to a list.",
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
        foreach (var path in parsed.GetValue(_files) ?? []) Merge(values, ValueFile.Read(path, problems));
        Merge(values, ReadSet(parsed.GetValue(_set) ?? [], problems));
        if (problems.Count > 0) throw new CommandFailure(ExitCode.Usage, [.. problems]);
        return [.. values.Select(value => new LaunchValue(value.Key, [.. value.Value]))];
    }

    private static void Merge(Dictionary<ParameterAddress, List<string>> values, Dictionary<ParameterAddress, List<string>> later)
    {
        foreach (var (address, value) in later) values[address] = value;
    }

    /// <summary>Reads lines of <c>assembly[service].parameter=value</c>. A repeated parameter adds an item to a list.</summary>
    /// <param name="lines">The lines, each with its location for problems.</param>
    /// <param name="problems">Receives the problems.</param>
    public static Dictionary<ParameterAddress, List<string>> ReadLines(
        IEnumerable<(string Where, string Text)> lines, List<string> problems)
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

    private static Dictionary<ParameterAddress, List<string>> ReadSet(string[] texts, List<string> problems)
    {
        var lines = texts.Select((text, i) => (Where: $"--set number {i + 1}", Text: text)).ToArray();
        foreach (var (where, _) in lines.Where(line => line.Text.Contains(Replacement)))
            problems.Add($"{where} is not UTF-8; give the value in a file in UTF-8, with --values");
        return ReadLines(lines, problems);
    }
}
