using System.CommandLine;
using System.Globalization;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Core.Ids;

namespace Audrey.Cli.Commands;

/// <summary>Shows the events of a deployable, even after its deletion.</summary>
internal static class EventsCommand
{
    public static Command Create(Terminal terminal)
    {
        var id = DeployableArgument.Create(terminal);
        var follow = new Option<bool>("--follow", "-f") { Description = "Wait for further events until the deployable is deleted." };
        var after = new Option<long>("--after") { Description = "Skip the events up to this number.", HelpName = "NUMBER" };
        after.Validators.Add(result =>
        {
            if (result.Tokens is [.., var last] && long.TryParse(last.Value, CultureInfo.InvariantCulture, out var number) && number < 0)
                result.AddError("--after takes the number of an event, or 0 for all events.");
        });
        var json = new Option<bool>("--json") { Description = "Print each event as JSON on a separate line." };
        var command = new ExampleCommand(
            "events",
            "Show the events of a deployable, one line each. This also works for a while after its deletion.",
            "audrey events shop-1",
            "audrey events shop-1 --follow --after 120",
            "audrey events shop-1 --json | jq 'select(.kind == \"service-failed\")'")
        {
            id, follow, after, json,
        };
        command.SetAction(terminal, async (parsed, client, cancellationToken) =>
        {
            var (deployable, known) = (DeployableId.Parse(parsed.GetValue(id)!), parsed.GetValue(after));
            var show = new EventsOutput(terminal, parsed.GetValue(json), known);
            var events = parsed.GetValue(follow)
                ? client.Events.FollowAsync(deployable, known, cancellationToken)
                : client.Events.ReadAsync(deployable, known, cancellationToken);
            await foreach (var entry in events) show.Print(entry);
            return ExitCode.Ok;
        });
        return command;
    }
}
