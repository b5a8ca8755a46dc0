using System.CommandLine;
using Audrey.Cli.Arguments;
using Audrey.Cli.Output;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;

namespace Audrey.Cli.Commands;

/// <summary>The commands that read the status of a deployable and print it, briefly or in full.</summary>
internal static class StatusCommands
{
    public static Command CreateStatus(Terminal terminal) => Create(
        terminal,
        new ExampleCommand(
            "status",
            "Show the status of a deployable: its instances, its services and its missing values.",
            "audrey status shop-1",
            "audrey status shop-1 --json | jq -r '.waits[].sentence'"),
        terminal.PrintSummary);

    public static Command CreateReport(Terminal terminal) => Create(
        terminal,
        new ExampleCommand(
            "report",
            "Print a report on a deployable, with the times of each instance and the result of each service.",
            "audrey report shop-1",
            "audrey report shop-1 --json > shop-1.json"),
        terminal.PrintReport);

    private static ExampleCommand Create(Terminal terminal, ExampleCommand command, Action<DeployableStatus> print)
    {
        var (id, json) = (DeployableArgument.Create(terminal), CommonOptions.Json());
        command.Arguments.Add(id);
        command.Options.Add(json);
        command.SetAction(terminal, async (parsed, client, cancellationToken) =>
        {
            var status = await client.GetDeployableStatusAsync(DeployableId.Parse(parsed.GetValue(id)!), cancellationToken);
            if (parsed.GetValue(json)) terminal.WriteJson(StatusOutput.From(status));
            else print(status);
            return StatusPrinter.CodeOf(status);
        });
        return command;
    }
}
