using System.Collections.Immutable;
using Audrey.Core.Limits;
using Orleans;

namespace Audrey.Core.Facts;

/// <summary>The facts that are kept with one instance: the newest report of each agent about each class.</summary>
[GenerateSerializer, Immutable, Alias("audrey.InstanceFacts")]
public sealed record InstanceFacts
{
    /// <summary>No facts.</summary>
    public static InstanceFacts None { get; } = new();

    /// <summary>The newest report of each agent about each class, in the order of the first reports.</summary>
    [Id(0)] public ImmutableArray<FactReport> Reports { get; init; } = [];

    /// <summary>The last known interval of heartbeats of an agent on the machine. Null if none has sent a heartbeat.</summary>
    [Id(1)] public TimeSpan? HeartbeatInterval { get; init; }

    /// <summary>Returns the newest report of an agent about a class, or null.</summary>
    public FactReport? Find(string agent, string factClass)
    {
        foreach (var report in Reports)
            if (report.Agent == agent && report.Class == factClass) return report;
        return null;
    }

    /// <summary>
    /// Returns the facts with a report that is newer than the one that they have of its agent and class. If there are too many facts, those
    /// of other agents are dropped, the oldest first: an agent with a new name may have replaced them.
    /// </summary>
    /// <param name="report">The report in its canonical form.</param>
    /// <param name="problem">One sentence about why the report cannot be kept. Null if it can.</param>
    public InstanceFacts? With(FactReport report, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(report);
        var reports = Find(report.Agent, report.Class) is { } known ? Reports.Replace(known, report) : Reports.Add(report);
        while (Excess(reports) is { } excess)
        {
            if (reports.Where(other => other.Agent != report.Agent).MinBy(other => other.At) is not { } oldest)
            {
                problem = $"with class {NameRules.Show(report.Class)}, the facts of the instance {excess}";
                return null;
            }

            reports = reports.Remove(oldest);
        }

        problem = null;
        return this with { Reports = reports };
    }

    private static string? Excess(ImmutableArray<FactReport> reports)
    {
        if (reports.Length > FactLimits.MaxClasses) return $"have more than {FactLimits.MaxClasses} classes";
        var size = reports.Sum(FactRules.SizeOf);
        return size > FactLimits.MaxBytes ? $"are larger than {FactLimits.MaxBytes} bytes" : null;
    }
}
