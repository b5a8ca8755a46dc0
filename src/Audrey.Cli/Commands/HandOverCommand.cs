using System.CommandLine;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Core.Ids;

namespace Audrey.Cli.Commands;

/// <summary>Hands a deployable to another conductor.</summary>
internal static class HandOverCommand
{
    public static Command Create(Terminal terminal)
    {
        var id = DeployableArgument.Create(terminal);
        var to = new Option<string>("--to")
        {
            Description = "The key of the new owner, for which there must be a credential.",
            HelpName = "KEY",
            Required = true,
        };
        to.Validators.Add(ConductorCommands.CheckKey);
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "handover",
            "Hand a deployable of any conductor to another one. Its guests do not notice it. Only an administrator can do it.",
            "audrey handover shop-1 --to payments")
        {
            id, to, json,
        };
        command.SetAction(terminal, async (parsed, client, cancellationToken) =>
        {
            var (deployable, owner) = (DeployableId.Parse(parsed.GetValue(id)!), ConductorKey.Parse(parsed.GetValue(to)!));
            await client.Owners.HandOverAsync(deployable, owner, cancellationToken);
            if (parsed.GetValue(json)) terminal.WriteJson(new HandOverOutput(deployable.Value, owner.Value));
            else terminal.Line($"{deployable} belongs to conductor {owner} now.");
            return ExitCode.Ok;
        });
        return command;
    }
}
