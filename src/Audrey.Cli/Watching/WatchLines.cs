using Audrey.Cli.Output;
using Audrey.Core.Completion;
using Audrey.Core.Statuses;

namespace Audrey.Cli.Watching;

/// <summary>
/// Writes a line for each change of a deployable. When the deployable first is large, it writes a summary instead, and the counts whenever
/// too many instances of an overview change at once.
/// </summary>
/// <param name="terminal">The terminal.</param>
internal sealed class WatchLines(Terminal terminal)
{
    private readonly Changes _changes = new();
    private bool _wasLarge;
    private string _counts = "";

    /// <summary>Writes what has changed since the last status.</summary>
    /// <param name="status">The status.</param>
    /// <param name="changed">The instances that may have changed. Null if they are too many.</param>
    public void Print(DeployableStatus status, IReadOnlyCollection<InstanceStatus>? changed)
    {
        (string Line, CompletionStatus How)[] changes = [.. _changes.In(status with { Instances = [.. changed ?? []] })];
        var (isLarge, counts) = (StatusOverview.IsLarge(status), StatusText.Counts(status));
        if (isLarge && !_wasLarge) new StatusOverview(terminal, status).Print();
        else if (changed is null && counts != _counts) Line(counts, status.Status);
        else foreach (var (line, how) in changes) Line(line, how);
        (_wasLarge, _counts) = (isLarge, counts);
        terminal.Out.Flush();
    }

    private void Line(string text, CompletionStatus how) =>
        terminal.Line($"{terminal.Time.GetUtcNow():HH:mm:ss}Z {text}", StatusPrinter.Colour(how));
}
