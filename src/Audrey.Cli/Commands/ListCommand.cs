using System.CommandLine;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;

namespace Audrey.Cli.Commands;

/// <summary>Lists the conductor's deployables.</summary>
internal static class ListCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "list",
            "List the ids of the conductor's deployables, one per line, in the order of their creation.",
            "audrey list") { json };
        command.SetAction(terminal, async (parsed, client, cancellationToken) =>
        {
            var ids = new List<string>();
            await foreach (var id in client.ListDeployablesAsync(cancellationToken))
            {
                if (parsed.GetValue(json)) ids.Add(id.Value);
                else terminal.Line(id.Value);
            }

            if (parsed.GetValue(json)) terminal.WriteJson(new DeployablesOutput(ids));
            return ExitCode.Ok;
        });
        return command;
    }
}
