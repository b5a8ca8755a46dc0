using System.CommandLine;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Watching;
using Audrey.Core.Ids;

namespace Audrey.Cli.Commands;

/// <summary>Watches a deployable until it is complete or has failed.</summary>
internal static class WatchCommand
{
    public static Command Create(Terminal terminal)
    {
        var id = DeployableArgument.Create(terminal);
        var json = CommonOptions.Json();
        var until = CommonOptions.Seconds("--for", "The maximum time to watch. Default: no limit.");
        var command = new ExampleCommand(
            "watch",
            "Watch a deployable until it is complete or has failed. Shows the progress on a terminal, otherwise a line for each change.",
            "audrey watch shop-1",
            "audrey watch shop-1 --for 600 || audrey report shop-1")
        {
            id, json, until,
        };
        command.SetAction(terminal, async (parsed, client, cancellationToken) =>
        {
            var deployable = DeployableId.Parse(parsed.GetValue(id)!);
            TimeSpan? timeout = parsed.GetValue(until) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
            var isJson = parsed.GetValue(json);
            var shown = isJson ? terminal.WithoutResults() : terminal;
            var (status, code) = await new DeployableWatch(client, shown).RunAsync(deployable, timeout, cancellationToken);
            if (isJson && status.IsOverview) status = await client.GetDeployableStatusAsync(deployable, cancellationToken);
            if (isJson) terminal.WriteJson(StatusOutput.From(status));
            else terminal.Line(StatusText.Deployable(status), StatusPrinter.Colour(status.Status));
            if (code != ExitCode.TimedOut) return code;
            var limit = status.IsTimedOut ? ", and its deadline has passed" : $" after {timeout!.Value.TotalSeconds} s";
            terminal.Problem($"{deployable} is not complete{limit}; see: audrey status {deployable}");
            return code;
        });
        return command;
    }
}
