using System.Collections.Immutable;
using Audrey.Core.Ids;
using Audrey.Core.Text;
using Orleans;

namespace Audrey.Core.Facts;

/// <summary>The facts of one class, as an agent on the machine of an instance read them.</summary>
[GenerateSerializer, Immutable, Alias("audrey.FactReport")]
public sealed record FactReport
{
    /// <summary>The name of the agent in the form <c>vendor:product:instance</c>. The guest itself is <see cref="AgentOf"/>.</summary>
    [Id(0)] public required string Agent { get; init; }

    /// <summary>The name of the class, such as <c>Sysconfig</c>. It has no dot.</summary>
    [Id(1)] public required string Class { get; init; }

    /// <summary>The time of the reading, by the clock of the machine. It orders the reports of one agent about one class.</summary>
    [Id(2)] public required DateTimeOffset At { get; init; }

    /// <summary>The facts. A report has all facts of the class, so a fact that is left out is no longer known.</summary>
    [Id(3)] public required ImmutableArray<ReportedFact> Facts { get; init; }

    /// <summary>Returns the name of the agent that is the guest of an instance.</summary>
    public static string AgentOf(InstanceId instance) => $"audrey:guest:{instance.Value}";

    /// <summary>Returns a fact, or null if the report does not have it.</summary>
    public ReportedFact? Find(string name)
    {
        foreach (var fact in Facts)
            if (fact.Name == name) return fact;
        return null;
    }

    /// <summary>Returns the names of the facts whose values differ from those in an earlier report.</summary>
    public IEnumerable<string> ChangesSince(FactReport earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        return Facts.Concat(earlier.Facts).Select(fact => fact.Name).Distinct()
            .Where(name => Find(name)?.Value != earlier.Find(name)?.Value);
    }

    /// <summary>Returns a string without the facts, because the string can reach a log.</summary>
    public override string ToString() => $"{nameof(FactReport)} of {Class} by {Agent} at {UtcTime.Format(At)}";
}

/// <summary>A fact: a value, or the reason why there is none.</summary>
/// <param name="Name">The name of the property, such as <c>sshd-port</c>.</param>
/// <param name="Value">The value as JSON. Null if it is not known.</param>
/// <param name="Reason">The reason why there is no value. Null if there is one.</param>
[GenerateSerializer, Immutable, Alias("audrey.ReportedFact")]
public sealed record ReportedFact(
    [property: Id(0)] string Name, [property: Id(1)] string? Value, [property: Id(2)] string? Reason = null)
{
    /// <summary>Returns a string without the value, because the string can reach a log.</summary>
    public override string ToString() => $"{nameof(ReportedFact)} {Name}";
}
