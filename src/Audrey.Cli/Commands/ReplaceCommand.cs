using System.CommandLine;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Core.Ids;

namespace Audrey.Cli.Commands;

/// <summary>Replaces an instance with a new machine.</summary>
internal static class ReplaceCommand
{
    public static Command Create(Terminal terminal)
    {
        var id = InstanceArgument.Create(terminal);
        var deadline = CommonOptions.Seconds("--deadline", "The time within which the new instance should be complete.");
        var json = CommonOptions.Json();
        var newcomers = new NewcomerArguments(terminal);
        var connection = new ConnectionArguments(terminal);
        var command = new ExampleCommand(
            "replace",
            "Replace an instance with a new machine that has the same UUID. The old secret is refused and the old values no longer count.",
            "audrey replace 1d4f0b5e-6c0d-4c53-9d1e-0a4f2f3f9a11 --output shop-launch")
        {
            id, deadline, json,
        };
        newcomers.AddTo(command);
        connection.AddTo(command);
        command.SetAction(terminal, async (parsed, cancellationToken) =>
        {
            var instance = InstanceId.Parse(parsed.GetValue(id)!);
            using var client = await connection.ConnectAsync(parsed, cancellationToken);
            using var written = newcomers.Read(parsed, client);
            var status = await client.GetInstanceStatusAsync(instance, cancellationToken);
            written.CheckDeployable(status.Deployable);
            var secret = await client.ReplaceInstanceAsync(
                status.Deployable, instance, parsed.GetValue(deadline), cancellationToken);
            // The instance keeps the directory that it has. In another directory, its UUID distinguishes it from others of its assembly.
            var directory = written.Write(
                status.Deployable,
                instance,
                secret,
                status.Assembly,
                ordinal: null,
                label: $"{status.Assembly}-{instance}");
            if (parsed.GetValue(json)) terminal.WriteJson(new ReplacementOutput(instance.Value, status.Assembly, directory));
            else terminal.Line($"{status.Assembly} ({instance}) was replaced: boot a new machine with the user data in {directory}/");
            return ExitCode.Ok;
        });
        return command;
    }
}
