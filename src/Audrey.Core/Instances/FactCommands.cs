using System.Collections.Immutable;
using Audrey.Core.Documents;
using Audrey.Core.Facts;

namespace Audrey.Core.Instances;

/// <summary>
/// Applies the reports and heartbeats of agents to an instance. Reports cause no side effects. Heartbeats change only what is in memory.
/// </summary>
public static class FactCommands
{
    /// <summary>Returns one sentence about a wrong name of an agent, or null.</summary>
    public static string? ProblemOfAgent(string? agent) => FactRules.ProblemOfAgent(agent);

    /// <summary>Returns the row with the report and the values that it gives.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="given">The report as it arrived.</param>
    /// <param name="maxValueBytes">Maximum size of a value.</param>
    /// <param name="now">The current time.</param>
    /// <param name="seen">The facts as they are now known. They can have a later time of reading than the row.</param>
    internal static (FactAnswer Answer, InstanceReported Row) Observe(
        RegisteredInstance instance, FactReport given, int maxValueBytes, DateTimeOffset now, out InstanceFacts seen)
    {
        (seen, var row) = (instance.Facts, instance.Reported);
        if (FactRules.Normalize(given, now, out var problem) is not { } report) return (Refuse(problem!), row);
        var known = seen.Find(report.Agent, report.Class);
        if (known?.At >= report.At) return (new(FactOutcome.Unchanged), row);
        if (seen.With(report, out problem) is not { } facts) return (Refuse(problem!), row);
        if (known is not null && known.Facts.AsSpan().SequenceEqual(report.Facts.AsSpan()))
        {
            seen = facts;
            return (new(FactOutcome.Unchanged), row);
        }

        List<string> problems = [];
        var values = FactFulfilment.ValuesOf(instance.Config, report, maxValueBytes, problems);
        var after = Provisioning.Observe(instance.Config, row, facts, values, now);
        var secrets = FactFulfilment.SecretsOf(instance.Config, report);
        after = after with { HoldsSecrets = after.HoldsSecrets || report.Facts.Any(fact => secrets.Contains(fact.Name)) };
        return (new(FactOutcome.Recorded, [.. problems]), after);
    }

    /// <summary>Called at a heartbeat of an agent.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="interval">The interval within the bounds of <see cref="FactLimits"/>.</param>
    /// <param name="uptime">The current time, on a clock that only rises.</param>
    /// <returns>Whether the instance was silent, and whether <see cref="InstanceMachine.WriteHeartbeat"/> must be called.</returns>
    public static (bool WasSilent, bool IsFirst) Hear(RegisteredInstance instance, TimeSpan interval, TimeSpan uptime)
    {
        ArgumentNullException.ThrowIfNull(instance);
        var isFirst = instance.Reported.Facts.HeartbeatInterval is null;
        if (!isFirst && instance.Facts.HeartbeatInterval != interval) instance.Facts = instance.Facts with { HeartbeatInterval = interval };
        return (instance.Heartbeats.Beat(interval, uptime), isFirst);
    }

    /// <summary>Looks whether the instance is silent. Returns whether it has become silent just now.</summary>
    public static bool CheckSilence(RegisteredInstance instance, DateTimeOffset now, TimeSpan uptime)
    {
        ArgumentNullException.ThrowIfNull(instance);
        if (instance.Heartbeats.SilentSince is not null) return false;
        instance.Heartbeats.Check(instance.Facts.HeartbeatInterval, now, uptime);
        return instance.Heartbeats.SilentSince is not null;
    }

    private static FactAnswer Refuse(string problem) => new(FactOutcome.Refused, [problem]);
}

/// <summary>The result of a report of facts.</summary>
/// <param name="Ready">The row to write, and the effects.</param>
/// <param name="Answer">The answer to the agent.</param>
public readonly record struct FactStep(Ready Ready, FactAnswer Answer);
