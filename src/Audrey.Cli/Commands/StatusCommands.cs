using System.CommandLine;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;
using Audrey.Core.Text;

namespace Audrey.Cli.Commands;

/// <summary>The commands that read the status of a deployable and print it, briefly or in full.</summary>
internal static class StatusCommands
{
    public static Command CreateStatus(Terminal terminal)
    {
        var (id, json) = (DeployableArgument.Create(terminal), CommonOptions.Json());
        var all = new Option<bool>("--all") { Description = "Print all instances, however many there are." };
        var selection = new InstanceFilterArguments();
        var command = new ExampleCommand(
            "status",
            "Show the status of a deployable: its instances, its services and its missing values. Of a large deployable, show the counts, "
                + "the instances that are not complete, and the longest waits, in a limited number of lines.",
            "audrey status shop-1",
            "audrey status shop-1 --state failed --all",
            "audrey status shop-1 --json | jq -r '.waits[].sentence'")
        {
            id, all, json,
        };
        selection.AddTo(command);
        command.SetAction(terminal, async (parsed, client, cancellationToken) =>
        {
            var (deployable, filter) = (DeployableId.Parse(parsed.GetValue(id)!), selection.Read(parsed));
            var (isWhole, isJson) = (parsed.GetValue(all), parsed.GetValue(json));
            var isOverview = !isJson && filter.Name is null && !(isWhole && filter == InstanceFilter.All);
            if (isOverview && await client.GetSummaryAsync(deployable, cancellationToken) is var summary && StatusOverview.IsLarge(summary))
                return await new LargeStatus(terminal, client, summary).PrintAsync(filter, isWhole, cancellationToken);
            var status = await client.GetDeployableStatusAsync(deployable, cancellationToken);
            var selected = Select(status, filter);
            if (isJson) terminal.WriteJson(StatusOutput.From(selected));
            else if (filter != InstanceFilter.All) PrintSelected(terminal, status, selected, isWhole);
            else if (isWhole || !StatusOverview.IsLarge(status)) terminal.PrintSummary(status);
            else new StatusOverview(terminal, status).Print();
            return StatusPrinter.CodeOf(status);
        });
        return command;
    }

    public static Command CreateReport(Terminal terminal)
    {
        var (id, json) = (DeployableArgument.Create(terminal), CommonOptions.Json());
        var command = new ExampleCommand(
            "report",
            "Print a report on a deployable, with the times of each instance and the result of each service.",
            "audrey report shop-1",
            "audrey report shop-1 --json > shop-1.json")
        {
            id, json,
        };
        command.SetAction(terminal, async (parsed, client, cancellationToken) =>
        {
            var status = await client.GetDeployableStatusAsync(DeployableId.Parse(parsed.GetValue(id)!), cancellationToken);
            if (parsed.GetValue(json)) terminal.WriteJson(StatusOutput.From(status));
            else terminal.PrintReport(status);
            return StatusPrinter.CodeOf(status);
        });
        return command;
    }

    /// <summary>Returns the status with the instances that a filter selects.</summary>
    /// <exception cref="CommandFailure">The deployable has no instance of the name, or no such assembly.</exception>
    private static DeployableStatus Select(DeployableStatus status, InstanceFilter filter)
    {
        Require(filter.Name, "instance", instance => [instance.Label, instance.Id.Value]);
        Require(filter.Assembly, "assembly", instance => [instance.Assembly]);
        return filter == InstanceFilter.All ? status : status with { Instances = [.. status.Instances.Where(filter.Selects)] };

        void Require(string? name, string what, Func<InstanceStatus, IEnumerable<string>> namesOf)
        {
            var known = status.Instances.SelectMany(namesOf);
            if (name is null || known.Contains(name)) return;
            var remedy = NearestName.Find(name, known.Distinct()) is { } nearest ? $"; did you mean {nearest}?" : "";
            throw new CommandFailure(ExitCode.NotFound, $"{status.Id} has no {what} {name}{remedy}");
        }
    }

    private static void PrintSelected(Terminal terminal, DeployableStatus status, DeployableStatus selected, bool isWhole)
    {
        terminal.Line(StatusText.Deployable(status), StatusPrinter.Colour(status.Status));
        if (isWhole) foreach (var instance in selected.Instances) StatusPrinter.PrintInstance(terminal, instance);
        else StatusOverview.PrintSome(terminal, selected.Instances, selected.Instances.Length, "selected; --all shows them");
    }
}
