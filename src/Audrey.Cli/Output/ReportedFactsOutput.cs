using System.Text.Json;
using Audrey.Cli.Exit;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;
using Audrey.Core.Text;
using Spectre.Console;

namespace Audrey.Cli.Output;

/// <summary>Prints the facts of one instance after another.</summary>
/// <param name="terminal">The terminal.</param>
/// <param name="json">Whether to print JSON.</param>
/// <param name="only">The class, or the fact, to print. Its property is empty for all facts of the class. Null for all facts.</param>
internal sealed class ReportedFactsOutput(Terminal terminal, bool json, FactName? only)
{
    private readonly SortedSet<string> _known = new(StringComparer.Ordinal);
    private bool _hasPrinted;

    public void Print(FactsStatus facts)
    {
        foreach (var one in facts.Classes)
        {
            _known.Add(one.Class);
            foreach (var name in one.Values.Keys.Concat(one.Unknown.Keys)) _known.Add($"{one.Class}.{name}");
        }

        var selected = facts with { Classes = [.. facts.Classes.Select(Select).OfType<FactClassStatus>()] };
        if (only is not null && selected.Classes.IsEmpty) return;
        _hasPrinted = true;
        if (json) terminal.WriteJsonLine(selected);
        else PrintText(selected);
    }

    /// <summary>Returns the exit code. If the fact or the class that was named is unknown, says so.</summary>
    public ExitCode Finish()
    {
        if (_hasPrinted || only is null) return ExitCode.Ok;
        var name = only.Property.Length == 0 ? only.Class : only.ToString();
        var remedy = NearestName.Find(name, _known) is { } nearest ? $"did you mean {nearest}?" : "audrey facts shows what was reported";
        throw new CommandFailure(ExitCode.NotFound, $"No agent has reported {name}; {remedy}");
    }

    private FactClassStatus? Select(FactClassStatus facts)
    {
        if (only is null) return facts;
        if (facts.Class != only.Class) return null;
        if (only.Property.Length == 0) return facts;
        var selected = facts with
        {
            Values = facts.Values.Where(fact => fact.Key == only.Property).ToDictionary(),
            Unknown = facts.Unknown.Where(fact => fact.Key == only.Property).ToDictionary(),
        };
        return selected.Values.Count + selected.Unknown.Count == 0 ? null : selected;
    }

    private void PrintText(FactsStatus facts)
    {
        var silent = facts.SilentSince is { } since ? $": silent since {UtcTime.Format(since)}" : "";
        terminal.Line(InstanceLabels.Describe(facts.Label, facts.Label, facts.Instance.Value) + silent,
            silent.Length > 0 ? Color.Yellow : Color.Default);
        if (facts.Classes.IsEmpty) terminal.Line("  no facts were reported");
        foreach (var one in facts.Classes)
        {
            terminal.Line($"  {one.Class}, read {UtcTime.Format(one.Time)} by {one.Agent}");
            foreach (var (name, value) in one.Values) terminal.Line($"    {name}: {TextOf(value)}");
            foreach (var (name, reason) in one.Unknown) terminal.Line($"    {name} is not known: {reason}", Color.Yellow);
        }
    }

    private static string TextOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
