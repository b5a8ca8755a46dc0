using System.Globalization;
using Audrey.Core.Completion;
using Audrey.Core.Statuses;
using Spectre.Console;

namespace Audrey.Cli.Output;

/// <summary>
/// Prints the status of a large deployable in a limited number of lines: the counts of instances by state, the instances that matter most,
/// and the longest waits.
/// </summary>
/// <param name="terminal">The terminal.</param>
/// <param name="status">The deployable.</param>
internal sealed class StatusOverview(Terminal terminal, DeployableStatus status)
{
    /// <summary>The maximum number of instances of a deployable that is not large.</summary>
    public const int MaxInstances = 20;

    /// <summary>The maximum number of causes of a deployable that is not large.</summary>
    private const int MaxCauses = 40;

    /// <summary>The maximum number of services of a deployable that is not large.</summary>
    private const int MaxServices = 100;

    /// <summary>The maximum number of lines about instances, beside those of the last service.</summary>
    public const int MaxLines = 40;

    /// <summary>The maximum number of missing values and of cycles.</summary>
    private const int MaxWaits = 5;

    /// <summary>Returns whether a deployable is large.</summary>
    public static bool IsLarge(DeployableStatus status) =>
        status.Counts.Instances > MaxInstances || status.Diagnosis.Length > MaxCauses
        || status.Instances.Sum(instance => instance.Services.Length) > MaxServices;

    /// <summary>
    /// Returns whether a deployable has more instances than are read for its status. Servers that did not count instances do not say it.
    /// </summary>
    public static bool IsLarge(DeployableSummary summary) => summary.Counts is not null && summary.Size > MaxInstances;

    public void Print()
    {
        terminal.Line(StatusText.Deployable(status), StatusPrinter.Colour(status.Status));
        terminal.Line($"  {StatusText.Counts(status)}");
        foreach (var cause in status.Diagnosis.Take(Unfinished())) terminal.Line($"  {cause}", Color.Yellow);
        var important = status.Instances
            .Where(instance => instance.Status != CompletionStatus.Success || instance.OutOfDateSince is not null
                || instance.SilentSince is not null)
            .OrderBy(instance => StatusText.Urgency(instance.Status))
            .ThenBy(instance => instance.Waits.IsEmpty ? DateTimeOffset.MaxValue : instance.Waits[0].Since);
        PrintSome(terminal, [.. important], status.Counts.Important, "not complete, out of date or silent");
        PrintWaits();
        terminal.Line($"  see: audrey status {status.Id} --all, or --state failed, --assembly NAME, --instance NAME");
    }

    /// <summary>Prints instances in a limited number of lines, and the number of instances that were left out.</summary>
    /// <param name="terminal">The terminal.</param>
    /// <param name="instances">The instances, the most important one first.</param>
    /// <param name="count">The number of all these instances, of which some may be missing here. Null if it is not known.</param>
    /// <param name="what">Words that say which instances were left out.</param>
    public static void PrintSome(Terminal terminal, IReadOnlyCollection<InstanceStatus> instances, int? count, string what)
    {
        var (lines, printed) = (0, 0);
        foreach (var instance in instances.TakeWhile(_ => lines < MaxLines))
        {
            lines += StatusPrinter.PrintInstance(terminal, instance, MaxLines - lines);
            printed++;
        }

        if (count is null && printed > 0) terminal.Line($"  and possibly more that are {what}");
        if (printed < count) terminal.Line(Invariant($"  and {count - printed:N0} more that are {what}"));
    }

    private void PrintWaits()
    {
        var waits = status.Waits;
        foreach (var wait in waits.Take(MaxWaits)) terminal.Line($"  {wait}", Color.Yellow);
        var waiting = status.Counts.Waiting - waits.Take(MaxWaits).Select(wait => wait.Instance).Distinct().Count();
        if (status.IsOverview && waiting > 0) terminal.Line(Invariant($"  and {waiting:N0} more that wait for values"));
        if (!status.IsOverview && waits.Length > MaxWaits)
            terminal.Line(Invariant($"  and {waits.Length - MaxWaits:N0} more missing values"));
        foreach (var cycle in status.Deadlocks.Take(MaxWaits)) terminal.Line($"  never starts: {cycle}", Color.Red);
        if (status.Deadlocks.Length > MaxWaits)
            terminal.Line(Invariant($"  and {status.Deadlocks.Length - MaxWaits:N0} more cycles"), Color.Red);
    }

    /// <summary>Returns the number of causes at the beginning of the diagnosis that are unfinished operations.</summary>
    private int Unfinished() => (status.IsLaunching ? 1 : 0) + (status.Scaling is null ? 0 : 1);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
