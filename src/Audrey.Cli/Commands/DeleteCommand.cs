using System.CommandLine;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Core.Ids;

namespace Audrey.Cli.Commands;

/// <summary>Deletes a deployable.</summary>
internal static class DeleteCommand
{
    public static Command Create(Terminal terminal)
    {
        var id = DeployableArgument.Create(terminal);
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "delete",
            "Delete a deployable, its instances and their credentials. Its machines keep running. A repeated deletion is not an error.",
            "audrey delete shop-1")
        {
            id, json,
        };
        command.SetAction(terminal, async (parsed, client, cancellationToken) =>
        {
            var deployable = DeployableId.Parse(parsed.GetValue(id)!);
            await client.DeleteDeployableAsync(deployable, cancellationToken);
            if (parsed.GetValue(json)) terminal.WriteJson(new DeletionOutput(deployable.Value));
            else terminal.Line($"{deployable} is deleted.");
            return ExitCode.Ok;
        });
        return command;
    }
}
