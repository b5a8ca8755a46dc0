using System.Collections.Immutable;
using Orleans;

namespace Audrey.Core.Facts;

/// <summary>The outcome of a report of facts, or of a heartbeat of an agent.</summary>
public enum FactOutcome
{
    /// <summary>The report is durable, and the values that it changes are pushed. A heartbeat is counted.</summary>
    Recorded,

    /// <summary>The report is not newer than the one that is kept, or has the same facts. Nothing was written.</summary>
    Unchanged,

    /// <summary>No such instance is registered.</summary>
    NotRegistered,

    /// <summary>The report is for another generation than the current one.</summary>
    OtherGeneration,

    /// <summary>The report breaks a rule or a limit, and was not kept.</summary>
    Refused,
}

/// <summary>The answer to a report of facts, or to a heartbeat of an agent.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Problems">One sentence for each reason for a refusal, and for each fact that is kept but is too large to be a value. The
/// sentences never contain a value.</param>
[GenerateSerializer, Immutable, Alias("audrey.FactAnswer")]
public sealed record FactAnswer([property: Id(0)] FactOutcome Outcome, [property: Id(1)] ImmutableArray<string> Problems)
{
    /// <summary>Creates an answer without problems.</summary>
    public FactAnswer(FactOutcome outcome)
        : this(outcome, [])
    {
    }
}
