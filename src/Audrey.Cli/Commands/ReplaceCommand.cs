using System.CommandLine;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;

namespace Audrey.Cli.Commands;

/// <summary>Replaces an instance with a new machine.</summary>
internal static class ReplaceCommand
{
    public static Command Create(Terminal terminal)
    {
        var argument = new InstanceArgument(terminal);
        var deadline = CommonOptions.Seconds("--deadline", "The time within which the new instance should be complete.");
        var json = CommonOptions.Json();
        var newcomers = new NewcomerArguments(terminal);
        var connection = new ConnectionArguments(terminal);
        var command = new ExampleCommand(
            "replace",
            "Replace an instance with a new machine that has the same label and UUID. The old secret is refused and the old values no "
                + "longer count.",
            "audrey replace web-1 --output shop-launch")
        {
            deadline, json,
        };
        argument.AddTo(command);
        newcomers.AddTo(command);
        connection.AddTo(command);
        command.SetAction(terminal, async (parsed, cancellationToken) =>
        {
            using var client = await connection.ConnectAsync(parsed, cancellationToken);
            using var written = newcomers.Read(parsed, client);
            var status = await argument.FindAsync(parsed, client, written.Deployable, cancellationToken);
            var instance = status.Id;
            written.CheckDeployable(status.Deployable);
            var secret = await client.ReplaceInstanceAsync(
                status.Deployable, instance, parsed.GetValue(deadline), cancellationToken);
            // The instance keeps the directory that it has. In another directory, its label names the new one.
            var label = status.Label == instance.Value ? $"{status.Assembly}-{instance}" : status.Label;
            var directory = written.Write(status.Deployable, instance, secret, status.Assembly, label);
            if (parsed.GetValue(json)) terminal.WriteJson(new ReplacementOutput(instance.Value, status.Label, status.Assembly, directory));
            else terminal.Line($"{StatusText.Name(status)} was replaced: boot a new machine with the user data in {directory}/");
            return ExitCode.Ok;
        });
        return command;
    }
}
