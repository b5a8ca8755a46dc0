using System.CommandLine;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Watching;
using Audrey.Core.Ids;

namespace Audrey.Cli.Commands;

/// <summary>Watches a deployable come up.</summary>
internal static class WatchCommand
{
    public static Command Create(Terminal terminal)
    {
        var id = DeployableArgument.Create();
        var json = CommonOptions.Json();
        var until = CommonOptions.Seconds("--for", "How long to watch at most. Default: until it is complete or has failed.");
        var command = new ExampleCommand(
            "watch",
            "Watch a deployable until it is complete or has failed: a table on a terminal, a line for each change elsewhere.",
            "audrey watch shop-1 --server 127.0.0.1:30000",
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
            var (status, code) = await new Watcher(client, shown).RunAsync(deployable, timeout, cancellationToken);
            if (isJson) terminal.WriteJson(StatusOutput.From(status));
            else terminal.Line(StatusText.Deployable(status), StatusPrinter.Colour(status.Status));
            if (code == ExitCode.TimedOut)
                terminal.Problem($"{deployable} is not "
                    + $"complete{(status.IsTimedOut ? ", and its deadline has passed" : $" after {timeout!.Value.TotalSeconds} s")}; see: audrey status {deployable}");
            return code;
        });
        return command;
    }
}
