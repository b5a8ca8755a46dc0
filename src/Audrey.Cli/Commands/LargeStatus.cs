using Audrey.Cli.Connection;
using Audrey.Cli.Exit;
using Audrey.Cli.Output;
using Audrey.Core.Completion;
using Audrey.Core.Statuses;
using Audrey.Core.Text;

namespace Audrey.Cli.Commands;

/// <summary>
/// Prints the status of a large deployable. It reads the summary, and of the instances only those that a filter selects and that are
/// printed.
/// </summary>
internal sealed class LargeStatus(Terminal terminal, GatewayClient client, DeployableSummary summary)
{
    /// <summary>The maximum number of instances in one answer when all selected instances are printed.</summary>
    private const int PageSize = 128;

    private readonly DeployableStatus _overview = summary.ToOverview();

    /// <summary>Prints an overview, or the instances that a filter selects.</summary>
    /// <param name="filter">The filter, by status and assembly.</param>
    /// <param name="isWhole">Whether to print all selected instances.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="CommandFailure">There is no such assembly.</exception>
    public async Task<ExitCode> PrintAsync(InstanceFilter filter, bool isWhole, CancellationToken cancellationToken)
    {
        await RequireAssemblyAsync(filter.Assembly, cancellationToken);
        if (filter == InstanceFilter.All)
        {
            new StatusOverview(terminal, _overview).Print();
        }
        else
        {
            terminal.Line(StatusText.Deployable(_overview), StatusPrinter.Colour(_overview.Status));
            await PrintSelectedAsync(filter, isWhole, cancellationToken);
        }

        if (summary.IsRecounting) terminal.Line("  the servers are counting the instances again; until then, the numbers can be old");
        return StatusPrinter.CodeOf(_overview);
    }

    private async Task PrintSelectedAsync(InstanceFilter filter, bool isWhole, CancellationToken cancellationToken)
    {
        if (!isWhole)
        {
            const int Lines = StatusOverview.MaxLines;
            var some = await client.ListInstancesAsync(summary.Id, filter, Lines, cancellationToken)
                .Take(Lines).ToListAsync(cancellationToken);
            StatusOverview.PrintSome(terminal, some, some.Count < Lines ? some.Count : CountOf(filter), "selected; --all shows them");
            return;
        }

        await foreach (var instance in client.ListInstancesAsync(summary.Id, filter, PageSize, cancellationToken))
            StatusPrinter.PrintInstance(terminal, instance);
    }

    /// <summary>Returns the number of instances that a filter selects, or null if it is not known.</summary>
    private int? CountOf(InstanceFilter filter)
    {
        var counts = filter.Assembly is null ? summary.Counts
            : summary.Assemblies.FirstOrDefault(one => one.Assembly == filter.Assembly)?.Counts;
        return filter.Status switch
        {
            null => counts?.Instances,
            CompletionStatus.Success => counts?.Complete,
            CompletionStatus.Error => counts?.Failed,
            _ => counts?.Incomplete + counts?.NeverHeardFrom,
        };
    }

    private async Task RequireAssemblyAsync(string? assembly, CancellationToken cancellationToken)
    {
        if (assembly is null || summary.Assemblies.Any(one => one.Assembly == assembly)) return;
        var filter = new InstanceFilter { Assembly = assembly };
        if (await client.ListInstancesAsync(summary.Id, filter, limit: 1, cancellationToken).AnyAsync(cancellationToken)) return;
        var nearest = NearestName.Find(assembly, summary.Assemblies.Select(one => one.Assembly));
        var remedy = nearest is null ? "" : $"; did you mean {nearest}?";
        throw new CommandFailure(ExitCode.NotFound, $"{summary.Id} has no assembly {assembly}{remedy}");
    }
}
