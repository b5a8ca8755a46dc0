using System.CommandLine;
using Audrey.Cli.Arguments;
using Audrey.Cli.Connection;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Core.Statuses;
using Audrey.Core.Text;

namespace Audrey.Cli.Commands;

/// <summary>Shows the runs of the services of an instance with the end of their output.</summary>
internal static class LogsCommand
{
    public static Command Create(Terminal terminal)
    {
        var target = new InstanceArgument(terminal, hasService: true);
        var follow = new Option<bool>("--follow", "-f") { Description = "Wait for further runs until the instance is deleted." };
        var json = new Option<bool>("--json") { Description = "Print each run as JSON on a separate line." };
        var command = new ExampleCommand(
            "logs",
            "Show each run of the services of an instance: when it ended, its exit status and the end of its output.",
            "audrey logs web-1/http --deployable farm-1",
            "audrey logs --follow 1d4f0b5e-6c0d-4c53-9d1e-0a4f2f3f9a11")
        {
            follow, json,
        };
        target.AddTo(command);
        command.SetAction(terminal, async (parsed, client, cancellationToken) =>
        {
            var service = target.ServiceOf(parsed);
            var status = await target.FindAsync(parsed, client, launched: null, cancellationToken);
            if (service is not null) RequireService(status, service);
            var isFollowed = parsed.GetValue(follow);
            var output = new RunsOutput(terminal, parsed.GetValue(json));
            var runs = new ServiceRuns(client, status, service, terminal.Info);
            var all = isFollowed ? runs.FollowAsync(cancellationToken) : runs.ReadAsync(cancellationToken);
            await foreach (var run in all) output.Print(run);
            if (!isFollowed) output.PrintOthers(status, service);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void RequireService(InstanceStatus status, string name)
    {
        string[] known = [.. status.Services.Select(service => service.Name)];
        if (known.Contains(name)) return;
        var remedy = NearestName.Find(name, known) is { } nearest ? $"did you mean {nearest}?"
            : known.Length == 0 ? "it has no service"
            : $"it has {string.Join(", ", known)}";
        throw new CommandFailure(ExitCode.NotFound, $"{StatusText.Name(status)} has no service {name}; {remedy}");
    }
}
