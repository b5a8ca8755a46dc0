using System.CommandLine;
using System.Globalization;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Core.Events;
using Audrey.Core.Ids;

namespace Audrey.Cli.Commands;

/// <summary>Shows the events of a deployable, even after its deletion.</summary>
internal static class EventsCommand
{
    public static Command Create(Terminal terminal)
    {
        var id = DeployableArgument.Create();
        var follow = new Option<bool>("--follow", "-f") { Description = "Wait for further events until the deployable is deleted." };
        var after = new Option<long>("--after") { Description = "Skip the events up to this number.", HelpName = "NUMBER" };
        after.Validators.Add(result =>
        {
            if (result.Tokens is [.., var last] && long.TryParse(last.Value, CultureInfo.InvariantCulture, out var number) && number < 0)
                result.AddError("--after takes the number of an event, or 0 for all.");
        });
        var json = new Option<bool>("--json") { Description = "Print each event as JSON on a line of its own." };
        var command = new ExampleCommand(
            "events",
            "Show the events of a deployable, one line each. Works for a while after its deletion.",
            "audrey events shop-1 --server 127.0.0.1:30000",
            "audrey events shop-1 --follow --after 120",
            "audrey events shop-1 --json | jq 'select(.kind == \"service-failed\")'")
        {
            id, follow, after, json,
        };
        command.SetAction(terminal, async (parsed, client, cancellationToken) =>
        {
            var (deployable, known) = (DeployableId.Parse(parsed.GetValue(id)!), parsed.GetValue(after));
            var show = new EventsOutput(terminal, parsed.GetValue(json), known);
            if (parsed.GetValue(follow))
            {
                await foreach (var entry in client.ReadEventsAsync(deployable, known, cancellationToken)) show.Print(entry);
                return ExitCode.Ok;
            }

            while (true)
            {
                var page = await client.GetEventsAsync(deployable, known, cancellationToken);
                foreach (var entry in page.Events) show.Print(entry);
                known = page.Next;
                if (page.Events.IsEmpty || known == page.Last) return ExitCode.Ok;
            }
        });
        return command;
    }
}
