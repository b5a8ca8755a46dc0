using System.CommandLine;
using Audrey.Cli.Commands;
using Audrey.Cli.Connection;
using Audrey.Cli.Terminals;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;
using Audrey.Core.Text;

namespace Audrey.Cli.Status;

/// <summary>Everything that is known of a deployable, with the times.</summary>
internal static class ReportCommand
{
    public static Command Create(Terminal terminal)
    {
        var id = DeployableArgument.Create();
        var json = CommonOptions.Json();
        var connection = new ConnectionArguments(terminal);
        var command = new ExampleCommand(
            "report",
            "Report on a deployable: when each instance was registered, heard of and complete, and how each service ended.",
            "audrey report shop-1 --server 127.0.0.1:30000",
            "audrey report shop-1 --json > shop-1.json")
        {
            id, json,
        };
        connection.AddTo(command);
        command.SetAction(terminal, async (parsed, cancellationToken) =>
        {
            await using var client = await connection.ConnectAsync(parsed, cancellationToken);
            var status = await client.GetDeployableStatusAsync(DeployableId.Parse(parsed.GetValue(id)!), cancellationToken);
            if (parsed.GetValue(json)) terminal.WriteJson(StatusOutput.From(status));
            else Print(status, terminal);
            return StatusCommand.CodeOf(status);
        });
        return command;
    }

    public static void Print(DeployableStatus status, Terminal terminal)
    {
        terminal.Line(StatusText.Deployable(status), StatusCommand.Colour(status.Status));
        var until = status.Deadline is { } deadline ? $", to be complete by {UtcTime.Format(deadline)}" : "";
        terminal.Line($"  registered {UtcTime.Format(status.Registered)}{until}");
        foreach (var instance in status.Instances)
        {
            terminal.Line();
            terminal.Line(
                $"  {instance.Assembly} ({instance.Id}): {StatusText.Word(instance.Status)}",
                StatusCommand.Colour(instance.Status));
            Time("registered", instance.Registered);
            Time("first heard of", instance.FirstContact);
            Time("last heard of", instance.LastContact, instance.Address is { } address ? $" from {address}" : "");
            Time("completed", instance.Completed);
            if (!instance.NotYetProvided.IsEmpty) terminal.Line($"    has not given yet: {string.Join(", ", instance.NotYetProvided)}");
            foreach (var service in instance.Services)
            {
                terminal.Line($"    service {StatusText.Service(service)}", StatusCommand.Colour(service.Status));
                Time("  began", service.Started);
                Time("  ended", service.Ended);
            }
        }

        if (!status.Diagnosis.IsEmpty || !status.Deadlocks.IsEmpty) terminal.Line();
        StatusCommand.PrintDiagnosis(status, terminal);

        void Time(string what, DateTimeOffset? time, string more = "")
        {
            if (time is { } known) terminal.Line($"    {what} {UtcTime.Format(known)}{more}");
        }
    }
}
