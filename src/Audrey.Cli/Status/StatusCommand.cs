using System.CommandLine;
using Audrey.Cli.Commands;
using Audrey.Cli.Connection;
using Audrey.Cli.Terminals;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Spectre.Console;

namespace Audrey.Cli.Status;

/// <summary>How a deployable stands now, and who waits for what.</summary>
internal static class StatusCommand
{
    public static Command Create(Terminal terminal)
    {
        var id = DeployableArgument.Create();
        var json = CommonOptions.Json();
        var connection = new ConnectionArguments(terminal);
        var command = new ExampleCommand(
            "status",
            "Say how a deployable stands: its instances, its services, who waits for which value from whom and since when.",
            "audrey status shop-1 --server 127.0.0.1:30000",
            "audrey status shop-1 --json | jq -r '.waits[].sentence'")
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
            return CodeOf(status);
        });
        return command;
    }

    /// <summary>What the command says of a deployable in this state to scripts.</summary>
    public static ExitCode CodeOf(DeployableStatus status) =>
        status.Status == CompletionStatus.Error ? ExitCode.Failed : status.IsTimedOut ? ExitCode.TimedOut : ExitCode.Ok;

    public static void Print(DeployableStatus status, Terminal terminal)
    {
        terminal.Line(StatusText.Deployable(status), Colour(status.Status));
        foreach (var instance in status.Instances)
        {
            terminal.Line($"  {StatusText.Instance(instance)}", Colour(instance.Status));
            foreach (var service in instance.Services) terminal.Line($"    {StatusText.Service(service)}", Colour(service.Status));
        }

        PrintDiagnosis(status, terminal);
    }

    /// <summary>What keeps it from completing.</summary>
    public static void PrintDiagnosis(DeployableStatus status, Terminal terminal)
    {
        foreach (var cause in status.Diagnosis) terminal.Line($"  {cause}", Color.Yellow);
        foreach (var cycle in status.Deadlocks) terminal.Line($"  never starts: {cycle}", Color.Red);
    }

    public static Color Colour(CompletionStatus status) => status switch
    {
        CompletionStatus.Success => Color.Green,
        CompletionStatus.Error => Color.Red,
        _ => Color.Default,
    };
}
