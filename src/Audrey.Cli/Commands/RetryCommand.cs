using System.CommandLine;
using System.Globalization;
using Audrey.Cli.Arguments;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Core.Text;

namespace Audrey.Cli.Commands;

/// <summary>Runs a failed service of an instance again, or all its failed services.</summary>
internal static class RetryCommand
{
    public static Command Create(Terminal terminal)
    {
        var (target, json) = (new InstanceArgument(terminal, hasService: true), CommonOptions.Json());
        var command = new ExampleCommand(
            "retry",
            "Run a failed service of an instance again, or all its failed services.",
            "audrey retry web-1/http --deployable farm-1",
            "audrey retry 1d4f0b5e-6c0d-4c53-9d1e-0a4f2f3f9a11 && audrey logs --follow 1d4f0b5e-6c0d-4c53-9d1e-0a4f2f3f9a11")
        {
            json,
        };
        target.AddTo(command);
        command.SetAction(terminal, async (parsed, client, cancellationToken) =>
        {
            var status = await target.FindAsync(parsed, client, launched: null, cancellationToken);
            var (instance, who) = (status.Id, StatusText.Name(status));
            var retried = await client.RetryServicesAsync(status.Deployable, instance, target.ServiceOf(parsed), cancellationToken);
            if (parsed.GetValue(json)) terminal.WriteJson(RetryOutput.From(retried));
            if (!parsed.GetValue(json))
            {
                foreach (var (name, run) in retried.Runs)
                {
                    var waits = retried.Waits.GetValueOrDefault(name, []);
                    var when = waits.Count == 0 ? $"; see: audrey logs {instance}/{name}" : ", when nothing holds it back any more:";
                    terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{who} runs {name} again, as run {run}{when}"));
                    foreach (var reason in waits) terminal.Line($"  it {reason}");
                }
            }

            if (retried.IsListening) return ExitCode.Ok;
            var last = retried.LastContact is { } time ? $" It was last heard from at {UtcTime.Format(time)}." : "";
            terminal.Problem(
                $"The guest of {who} does not listen: it has exited or is unreachable.{last} Run it on its machine, for example with "
                + "systemctl start audrey-instance-config. It then runs the service.");
            return ExitCode.OutOfDate;
        });
        return command;
    }
}
