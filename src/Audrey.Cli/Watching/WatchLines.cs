using Audrey.Cli.Output;
using Audrey.Core.Completion;
using Audrey.Core.Statuses;

namespace Audrey.Cli.Watching;

/// <summary>
/// Writes a line for each change of a deployable. Of a deployable that is large at first, it writes a summary of the first status.
/// </summary>
/// <param name="terminal">The terminal.</param>
internal sealed class WatchLines(Terminal terminal)
{
    private readonly Changes _changes = new();
    private bool _hasBegun;

    /// <summary>Writes what has changed since the last status.</summary>
    public void Print(DeployableStatus status)
    {
        (string Line, CompletionStatus How)[] changes = [.. _changes.In(status)];
        if (!_hasBegun && StatusOverview.IsLarge(status))
        {
            new StatusOverview(terminal, status).Print();
        }
        else
        {
            foreach (var (line, how) in changes)
                terminal.Line($"{terminal.Time.GetUtcNow():HH:mm:ss}Z {line}", StatusPrinter.Colour(how));
        }

        _hasBegun = true;
        terminal.Out.Flush();
    }
}
