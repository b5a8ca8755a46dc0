using System.CommandLine;
using System.Globalization;
using Audrey.Abstractions.Conductors;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Plans;

namespace Audrey.Cli.Commands;

/// <summary>Gives an instance another secret, without a new machine.</summary>
internal static class RotateCommand
{
    public static Command Create(Terminal terminal)
    {
        var argument = new InstanceArgument(terminal);
        var (overlap, output, json) = (ConductorCommands.Overlap("Default: one day."), SecretFile.Option(), CommonOptions.Json());
        var connection = new ConnectionArguments(terminal);
        var command = new ExampleCommand(
            "rotate",
            "Give an instance a new secret without a new machine. Its values stay, and a guest of version 3 gets the secret by itself.",
            "audrey rotate web-1 --deployable farm-1 --output web.secret")
        {
            overlap, output, json,
        };
        argument.AddTo(command);
        connection.AddTo(command);
        command.SetAction(terminal, async (parsed, cancellationToken) =>
        {
            // The file is checked before the secret is requested, because a secret that cannot be written would be lost.
            var file = SecretFile.Open(parsed.GetValue(output));
            using var client = await connection.ConnectAsync(parsed, cancellationToken);
            var status = await argument.FindAsync(parsed, client, launched: null, cancellationToken);
            var instance = status.Id;
            var length = parsed.GetValue(overlap) is { } seconds ? TimeSpan.FromSeconds(seconds) : SecretOverlap.Default;
            var rotated = await client.RotateInstanceSecretAsync(status.Deployable, instance, length, cancellationToken);
            file?.Write(rotated.Secret);
            if (parsed.GetValue(json))
            {
                terminal.WriteJson(
                    new RotationOutput(instance.Value, file is null ? rotated.Secret : null, file?.Path, rotated.PreviousUntil));
                return ExitCode.Ok;
            }

            if (file is null) terminal.Line(rotated.Secret);
            else terminal.Line($"The new secret of {StatusText.Name(status)} is in {file.Path}.");
            if (rotated.PreviousUntil is { } until)
            {
                terminal.Info(string.Create(
                    CultureInfo.InvariantCulture, $"The old secret is valid until {until:u}, or until the guest uses the new one."));
            }

            return ExitCode.Ok;
        });
        return command;
    }
}
