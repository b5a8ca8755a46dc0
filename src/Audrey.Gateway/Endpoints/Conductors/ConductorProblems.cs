using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>The problems with conductors' commands.</summary>
internal static class ConductorProblems
{
    public static Problem NoDeployable { get; } = ProblemFactory.NotFound("This conductor has no such deployable.");

    public static Problem NoInstance { get; } = ProblemFactory.NotFound("This conductor has no such instance in this deployable.");

    /// <summary>Returns the problem with a command. Null if the command was carried out.</summary>
    public static Problem? Find(ConductorAnswer answer) =>
        answer.Quota is { } excess ? ProblemFactory.QuotaExceeded(excess) : Find(answer.Outcome, answer.Problems);

    /// <inheritdoc cref="Find(ConductorAnswer)"/>
    public static Problem? Find(ConductorOutcome outcome, ImmutableArray<string> problems)
    {
        if (outcome == ConductorOutcome.Done) return null;
        if (outcome == ConductorOutcome.CountRefused) return BadRequest("/size", problems);
        if (outcome == ConductorOutcome.SourcesRefused) return BadRequest("", problems);
        var detail = problems.IsDefaultOrEmpty ? null : string.Join("; ", problems);
        if (outcome == ConductorOutcome.NotFound && detail is null) return NoDeployable;
        if (outcome == ConductorOutcome.NonceRefused)
        {
            detail = "This conductor has sent commands with later timestamps. Check the clocks of its machines, and send this one again "
                + "later.";
        }

        return ProblemFactory.Create(DescribedOutcome.Of(outcome), detail);
    }

    private static Problem BadRequest(string place, ImmutableArray<string> problems) =>
        ProblemFactory.BadRequest([.. problems.Select(problem => new ProblemError(place, problem))]);
}
