using System.Globalization;
using Audrey.Cli.Connection;
using Audrey.Core.Completion;
using Audrey.Core.Statuses;
using Audrey.Core.Text;
using Spectre.Console;

namespace Audrey.Cli.Output;

/// <summary>Prints runs of services one by one: a headline, and the lines of the output as the service wrote them.</summary>
internal sealed class RunsOutput(Terminal terminal, bool json)
{
    private readonly HashSet<string> _printed = [];

    public void Print(EndedRun run)
    {
        var entry = run.Entry;
        _printed.Add(entry.Service!);
        if (json)
        {
            terminal.WriteJsonLine(new LoggedRunOutput(
                entry.Instance!,
                entry.Label,
                entry.Assembly,
                entry.Service!,
                entry.Run,
                entry.Time,
                entry.ExitStatus,
                entry.DurationSeconds,
                run.Output));
        }
        else
        {
            var number = entry.Run is { } known ? string.Create(CultureInfo.InvariantCulture, $", run {known}") : "";
            var hasFailed = entry.ExitStatus is not (null or "0");
            terminal.Line($"== {UtcTime.Format(entry.Time)} {entry.Detail}{number}", hasFailed ? Color.Red : Color.Green);
            foreach (var line in OutputLines.All(run.Output)) terminal.Line(line);
        }

        terminal.Out.Flush();
    }

    /// <summary>Prints the state of each service of which no run was printed.</summary>
    public void PrintOthers(InstanceStatus status, string? only)
    {
        foreach (var service in status.Services)
        {
            if (_printed.Contains(service.Name) || (only is not null && service.Name != only)) continue;
            var why = service.Waits is [var first, ..] ? $"; {first}" : "";
            terminal.Info(
                service.Status == CompletionStatus.Incomplete
                    ? $"no run of service {StatusText.Service(service)}{why}"
                    : $"the runs of service {service.Name} are no longer kept");
        }
    }
}
