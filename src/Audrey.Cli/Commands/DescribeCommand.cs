using System.CommandLine;
using Audrey.Cli.Arguments;
using Audrey.Cli.Output;

namespace Audrey.Cli.Commands;

/// <summary>Shows everything that the servers know of one instance, except values and secrets.</summary>
internal static class DescribeCommand
{
    public static Command Create(Terminal terminal)
    {
        var (instance, json) = (new InstanceArgument(terminal), CommonOptions.Json());
        var command = new ExampleCommand(
            "describe",
            "Describe an instance: its times, its facts, the values that it has given, and each service with its missing values and its "
                + "output.",
            "audrey describe web-1 --deployable farm-1",
            "audrey describe 1d4f0b5e-6c0d-4c53-9d1e-0a4f2f3f9a11 --json | jq .facts")
        {
            json,
        };
        instance.AddTo(command);
        command.SetAction(terminal, async (parsed, client, cancellationToken) =>
        {
            var status = await instance.FindAsync(parsed, client, launched: null, cancellationToken);
            if (parsed.GetValue(json)) terminal.WriteJson(DescriptionOutput.From(status));
            else terminal.PrintDescription(status);
            return StatusPrinter.CodeOf(status);
        });
        return command;
    }
}
