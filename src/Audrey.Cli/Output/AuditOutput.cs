using System.Globalization;
using Audrey.Core.Auditing;
using Audrey.Core.Text;
using Audrey.Protocol.Version3;
using Spectre.Console;

namespace Audrey.Cli.Output;

/// <summary>Prints entries of the audit trail one by one, and prints a note where entries are missing.</summary>
internal sealed class AuditOutput(Terminal terminal, bool json)
{
    public void Print(AuditList page)
    {
        if (page.Gap is { } gap) terminal.Info($"{gap.Count} earlier entries are no longer kept");
        foreach (var entry in page.Entries)
        {
            if (json) terminal.WriteJsonLine(entry);
            else terminal.Line(TextOf(entry), entry.Outcome == AuditActions.Done ? Color.Default : Color.Yellow);
        }

        terminal.Out.Flush();
    }

    private static string TextOf(AuditListEntry entry)
    {
        var who = entry.Credential is not { } credential ? "stranger"
            : entry.Conductor == credential ? credential
            : $"{credential} for {entry.Conductor}";
        var from = entry.Address.Length == 0 ? who : $"{who} from {entry.Address}";
        if (entry.Count is { } count)
        {
            var requests = string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "request" : "requests")}");
            return $"{UtcTime.Format(entry.Time)} {from}: {requests} in one minute: {entry.Outcome}";
        }

        var target = string.Concat(
            from part in new[] { entry.Deployable, entry.Instance, entry.Group, entry.Administered }
            where part is not null
            select $" {part}");
        var detail = entry.Detail is null ? "" : $" ({entry.Detail})";
        var repeated = entry.Repetitions is { } times ? string.Create(CultureInfo.InvariantCulture, $", arrived again {times} times") : "";
        return $"{UtcTime.Format(entry.Time)} {from}: {entry.Action}{target}{detail}: {OutcomeOf(entry)}{repeated}";
    }

    private static string OutcomeOf(AuditListEntry entry) => entry.Outcome switch
    {
        null => "outcome not known yet",
        AuditActions.Unknown => "outcome unknown: the server stopped or could not record it",
        var known => known,
    };
}
