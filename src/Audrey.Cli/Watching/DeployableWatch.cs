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
/// Watches a deployable until it is complete or has failed. The watch follows the events. On a terminal it redraws a screen of the
/// terminal's size. On other outputs it writes a line for each change. Of a large deployable, it first writes a summary instead of the
/// state of each instance.
/// </summary>
internal sealed class DeployableWatch(GatewayClient client, Terminal terminal)
{
    /// <summary>The interval at which the times on the screen are brought up to date. Nothing is read for it.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private DeployableStatus? _shown;
    private long _shownSince;

    /// <summary>Watches the deployable.</summary>
    /// <param name="id">The deployable.</param>
    /// <param name="timeout">The maximum time. Null for no limit.</param>
    /// <param name="cancellationToken">Stops watching.</param>
    /// <returns>The last status, which is an overview if the deployable is large, and the exit code for it.</returns>
    public async Task<(DeployableStatus Status, ExitCode Code)> RunAsync(
        DeployableId id, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        if (!terminal.IsInteractive)
        {
            return await LoopAsync(id, timeout, new WatchLines(terminal).Print, cancellationToken);
        }

        (DeployableStatus, ExitCode) outcome = default;
        var start = terminal.Time.GetTimestamp();
        await terminal.Live.Live(new Spectre.Console.Text("...")).StartAsync(async live =>
            outcome = await LoopAsync(id, timeout, (status, _) => live.UpdateTarget(Screen(status, start)), cancellationToken));
        return outcome;
    }

    private async Task<(DeployableStatus, ExitCode)> LoopAsync(
        DeployableId id, TimeSpan? timeout, Action<DeployableStatus, IReadOnlyCollection<InstanceStatus>?> show,
        CancellationToken cancellationToken)
    {
        var start = terminal.Time.GetTimestamp();
        await using var followed = new FollowedStatus(client, terminal.Time, id);
        var status = await followed.BeginAsync(cancellationToken);
        while (true)
        {
            show(status, followed.Changed);
            if (status.Status == CompletionStatus.Success) return (status, StatusPrinter.CodeOf(status));
            if (status.Status == CompletionStatus.Error) return (status, ExitCode.Failed);
            if (status.IsTimedOut) return (status, ExitCode.TimedOut);
            if (terminal.Time.GetElapsedTime(start) >= timeout) return (status, ExitCode.TimedOut);
            var left = timeout - terminal.Time.GetElapsedTime(start);
            status = await followed.NextAsync(left < Pause ? left.Value : Pause, cancellationToken) ?? status;
        }
    }

    private Rows Screen(DeployableStatus status, long start)
    {
        if (!ReferenceEquals(status, _shown)) (_shown, _shownSince) = (status, terminal.Time.GetTimestamp());
        var lines = WatchScreen.Lines(
            status,
            terminal.Time.GetElapsedTime(start),
            terminal.Time.GetElapsedTime(_shownSince),
            terminal.Live.Profile.Width,
            terminal.Live.Profile.Height);
        return new(lines.Select(line => new Spectre.Console.Text(line.Text, new Style(line.Colour))));
    }
}
