using System.Collections.Immutable;
using System.Text;
using Audrey.Core.Limits;

namespace Audrey.Core.Facts;

/// <summary>The rules for a report of facts, and its canonical form.</summary>
internal static class FactRules
{
    private static readonly DocumentLimits Names = new() { MaxNameLength = FactLimits.MaxNameLength };

    /// <summary>Returns the report in its canonical form: sorted facts with canonical values, and a time that is not ahead.</summary>
    /// <param name="report">The report.</param>
    /// <param name="now">The time of its arrival.</param>
    /// <param name="problem">One sentence about the error, without a value. Null if the report is valid.</param>
    public static FactReport? Normalize(FactReport report, DateTimeOffset now, out string? problem)
    {
        problem = ProblemOf(report);
        if (problem is not null) return null;
        var facts = ImmutableArray.CreateBuilder<ReportedFact>(report.Facts.Length);
        foreach (var fact in report.Facts.OrderBy(fact => fact.Name, StringComparer.Ordinal))
        {
            problem = Normalize(report, fact, out var normal);
            if (problem is not null) return null;
            if (facts.Count > 0 && facts[^1].Name == normal.Name)
            {
                problem = $"class {NameRules.Show(report.Class)} has the fact {NameRules.Show(normal.Name)} twice";
                return null;
            }

            facts.Add(normal);
        }

        var at = report.At - now > FactLimits.MaxAhead ? now : report.At.ToUniversalTime();
        return report with { At = at, Facts = facts.MoveToImmutable() };
    }

    /// <summary>Returns one sentence about a wrong name of an agent, or null.</summary>
    public static string? ProblemOfAgent(string? agent) =>
        NameRules.Title(agent ?? "", Names) is { } problem ? $"the name of the agent {problem}" : null;

    /// <summary>Returns the size of a report in bytes of UTF-8.</summary>
    public static int SizeOf(FactReport report) =>
        BytesOf(report.Agent) + BytesOf(report.Class)
        + report.Facts.Sum(fact => BytesOf(fact.Name) + BytesOf(fact.Value) + BytesOf(fact.Reason));

    private static string? ProblemOf(FactReport report)
    {
        if (ProblemOfAgent(report.Agent) is { } ofAgent) return ofAgent;
        if (NameRules.Title(report.Class ?? "", Names) is { } ofClass) return $"the name of the class {ofClass}";
        if (report.Class!.Contains('.', StringComparison.Ordinal))
            return $"the name of the class {NameRules.Show(report.Class)} has a dot, which separates a class and a fact";
        var facts = report.Facts.IsDefault ? 0 : report.Facts.Length;
        if (facts > FactLimits.MaxFactsPerClass)
            return $"class {NameRules.Show(report.Class)} has {facts} facts; at most {FactLimits.MaxFactsPerClass} are allowed";
        return report.Facts.IsDefault ? $"class {NameRules.Show(report.Class)} has no list of facts" : null;
    }

    private static string? Normalize(FactReport report, ReportedFact fact, out ReportedFact normal)
    {
        normal = fact;
        if (NameRules.Title(fact.Name ?? "", Names) is { } problem)
            return $"the name of a fact of class {NameRules.Show(report.Class)} {problem}";
        var what = $"{NameRules.Show(report.Class)}.{NameRules.Show(fact.Name!)}";
        if (fact is { Value: not null, Reason: not null }) return $"{what} has both a value and a reason why there is none";
        if (fact.Value is null)
        {
            normal = fact with { Reason = Cut(fact.Reason) };
            return null;
        }

        if (BytesOf(fact.Value) > FactLimits.MaxBytes)
            return $"the value of {what} is larger than {FactLimits.MaxBytes} bytes, the limit for all facts of an instance";
        if (FactJson.Normalize(fact.Value) is not { } value)
            return $"the value of {what} is not JSON of at most {FactLimits.MaxDepth} levels, with valid Unicode and unique names";
        normal = value == "null" ? new(fact.Name!, null, Cut(null)) : fact with { Value = value };
        return null;
    }

    private static string Cut(string? reason) =>
        string.IsNullOrEmpty(reason) ? "the agent gives no value"
        : reason.Length <= FactLimits.MaxReasonLength ? reason
        : reason[..(char.IsHighSurrogate(reason[FactLimits.MaxReasonLength - 1])
            ? FactLimits.MaxReasonLength - 1 : FactLimits.MaxReasonLength)];

    private static int BytesOf(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);
}
