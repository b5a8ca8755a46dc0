using Audrey.Cli.Connection;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Core.Completion;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Spectre.Console;

namespace Audrey.Cli.Watching;

/// <summary>
/// Watches a deployable until it is complete or has failed. On a terminal the watch redraws a table. On other outputs it writes a line for
/// each change.
/// </summary>
internal sealed class DeployableWatch(GatewayClient client, Terminal terminal)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>The maximum number of rows of the table. Incomplete services come first.</summary>
    private const int MaxRows = 30;

    /// <summary>The maximum number of lines of a failed service's output in the table.</summary>
    private const int MaxOutputLines = 5;

    /// <summary>Watches the deployable.</summary>
    /// <param name="id">The deployable.</param>
    /// <param name="timeout">The maximum time. Null for no limit.</param>
    /// <param name="cancellationToken">Stops watching.</param>
    /// <returns>The last status, and the exit code for it.</returns>
    public async Task<(DeployableStatus Status, ExitCode Code)> RunAsync(
        DeployableId id, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        if (!terminal.IsInteractive)
        {
            var changes = new Changes();
            return await LoopAsync(id, timeout, status => Print(changes, status), cancellationToken);
        }

        (DeployableStatus, ExitCode) outcome = default;
        await terminal.Live.Live(new Spectre.Console.Text("...")).StartAsync(async live =>
            outcome = await LoopAsync(id, timeout, status => live.UpdateTarget(Table(status)), cancellationToken));
        return outcome;
    }

    private async Task<(DeployableStatus, ExitCode)> LoopAsync(
        DeployableId id, TimeSpan? timeout, Action<DeployableStatus> show, CancellationToken cancellationToken)
    {
        var start = terminal.Time.GetTimestamp();
        while (true)
        {
            var status = await client.GetDeployableStatusAsync(id, cancellationToken);
            show(status);
            if (status.Status == CompletionStatus.Success) return (status, StatusPrinter.CodeOf(status));
            if (status.Status == CompletionStatus.Error) return (status, ExitCode.Failed);
            if (status.IsTimedOut) return (status, ExitCode.TimedOut);
            if (terminal.Time.GetElapsedTime(start) >= timeout) return (status, ExitCode.TimedOut);
            await Task.Delay(Pause, terminal.Time, cancellationToken);
        }
    }

    private void Print(Changes changes, DeployableStatus status)
    {
        foreach (var (line, how) in changes.In(status))
            terminal.Line($"{terminal.Time.GetUtcNow():HH:mm:ss}Z {line}", StatusPrinter.Colour(how));
        terminal.Out.Flush();
    }

    private static Table Table(DeployableStatus status)
    {
        var table = new Table().RoundedBorder().Title(Markup.Escape($"{status.Name}: {StatusText.Word(status)}"));
        table.AddColumns("instance", "service", "state");
        var rows =
            from instance in status.Instances
            from service in instance.Services.DefaultIfEmpty()
            orderby service?.Status == CompletionStatus.Success
            select (instance, service);
        foreach (var (instance, service) in rows.Take(MaxRows))
        {
            var state = service is null
                ? string.Join(", ", new[] { StatusText.Word(instance.Status), StatusText.NotGiven(instance) }.OfType<string>())
                : StatusText.Service(service)[(service.Name.Length + 2)..];
            var waits = instance.Waits.Where(wait => wait.Service == service?.Name).Select(wait => wait.ToString());
            table.AddRow(
                new Spectre.Console.Text(instance.Label == instance.Id.Value ? StatusText.Name(instance) : instance.Label),
                new Spectre.Console.Text(service?.Name ?? ""),
                new Spectre.Console.Text(
                    string.Join('\n', OutputOf(service).Prepend(state).Concat(waits).Select(PrintableText.Line)),
                    new Style(StatusPrinter.Colour(service?.Status ?? instance.Status))));
        }

        var more = rows.Count() - MaxRows;
        if (more > 0) table.Caption($"and {more} more");
        return table;
    }

    private static IEnumerable<string> OutputOf(ServiceStatus? service) =>
        service is { Status: CompletionStatus.Error } ? OutputLines.Of(service.Output, MaxOutputLines) : [];
}
