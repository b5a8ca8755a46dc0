using System.CommandLine;
using System.Globalization;
using Audrey.Abstractions.Conductors;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Cli.Plans;
using Audrey.Core.Ids;

namespace Audrey.Cli.Commands;

/// <summary>Gives an instance another secret, without a new machine.</summary>
internal static class RotateCommand
{
    public static Command Create(Terminal terminal)
    {
        var id = InstanceArgument.Create(terminal);
        var (overlap, output, json) = (ConductorCommands.Overlap("Default: one day."), SecretFile.Option(), CommonOptions.Json());
        var connection = new ConnectionArguments(terminal);
        var command = new ExampleCommand(
            "rotate",
            "Give an instance a new secret without a new machine. Its values stay, and a guest of version 3 gets the secret by itself.",
            "audrey rotate 1d4f0b5e-6c0d-4c53-9d1e-0a4f2f3f9a11 --output web.secret")
        {
            id, overlap, output, json,
        };
        connection.AddTo(command);
        command.SetAction(terminal, async (parsed, cancellationToken) =>
        {
            // The file is checked before the secret is requested, because a secret that cannot be written would be lost.
            var file = SecretFile.Open(parsed.GetValue(output));
            var instance = InstanceId.Parse(parsed.GetValue(id)!);
            using var client = await connection.ConnectAsync(parsed, cancellationToken);
            var status = await client.GetInstanceStatusAsync(instance, cancellationToken);
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
            else terminal.Line($"The new secret of {status.Assembly} ({instance}) is in {file.Path}.");
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
