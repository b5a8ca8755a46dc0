using System.CommandLine;
using System.Globalization;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Core.Ids;

namespace Audrey.Cli.Commands;

/// <summary>Shows the audit trail.</summary>
internal static class AuditCommand
{
    public static Command Create(Terminal terminal)
    {
        var conductor = new Option<string?>("--of") { Description = "Only the entries of this conductor.", HelpName = "CONDUCTOR" };
        conductor.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !ConductorKey.TryParse(token.Value, out _, out var problem)) result.AddError(problem);
        });
        var (from, to) = (Time("--from", "Only the entries from this time on."), Time("--to", "Only the entries before this time."));
        var json = new Option<bool>("--json") { Description = "Print each entry as JSON on a line of its own." };
        var command = new ExampleCommand(
            "audit",
            "Show the audit trail: the commands of conductors and the refused requests. Needs an administrator.",
            "audrey audit --from 2026-03-01T12:00:00Z",
            "audrey audit --of shop --json | jq 'select(.action == \"delete-deployable\")'")
        {
            conductor, from, to, json,
        };
        command.SetAction(terminal, async (parsed, client, cancellationToken) =>
        {
            var filter = new Dictionary<string, string?>
            {
                ["conductor"] = parsed.GetValue(conductor),
                ["from"] = Format(parsed.GetValue(from)),
                ["to"] = Format(parsed.GetValue(to)),
            };
            var show = new AuditOutput(terminal, parsed.GetValue(json));
            await foreach (var page in client.Audit.ReadAsync(filter, cancellationToken)) show.Print(page);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Option<string?> Time(string name, string description)
    {
        var option = new Option<string?>(name) { Description = $"{description} Without a zone it is in UTC.", HelpName = "TIME" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !TryRead(token.Value, out _))
                result.AddError($"{name} takes a time such as 2026-03-01T12:00:00Z.");
        });
        return option;
    }

    private static string? Format(string? text) =>
        TryRead(text, out var time) ? time.UtcDateTime.ToString("o", CultureInfo.InvariantCulture) : null;

    private static bool TryRead(string? text, out DateTimeOffset time) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
}
