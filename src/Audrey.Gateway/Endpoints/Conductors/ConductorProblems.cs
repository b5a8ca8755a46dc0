using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Gateway.Problems;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Http;

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>The problems with conductors' commands.</summary>
internal static class ConductorProblems
{
    public static Problem NoDeployable { get; } = ProblemFactory.NotFound("This conductor has no such deployable.");

    /// <summary>Returns the problem with a command, or null if it was carried out.</summary>
    public static Problem? Find(ConductorAnswer answer) => Find(answer.Outcome, answer.Problems);

    /// <inheritdoc cref="Find(ConductorAnswer)"/>
    public static Problem? Find(ConductorOutcome outcome, ImmutableArray<string> problems)
    {
        var detail = problems.IsDefaultOrEmpty ? null : string.Join("; ", problems);
        return outcome switch
        {
            ConductorOutcome.Done => null,
            ConductorOutcome.NotFound => detail is null ? NoDeployable : ProblemFactory.NotFound(detail),
            ConductorOutcome.NotYours => ProblemFactory.Create(StatusCodes.Status403Forbidden, ProblemTypes.NotYours, detail),
            ConductorOutcome.IdInUse => Conflict(ProblemTypes.IdInUse, detail),
            ConductorOutcome.LaunchDiffers => Conflict(ProblemTypes.AlreadyRegistered, detail),
            ConductorOutcome.LaunchUnfinished => Conflict(ProblemTypes.BeingRegistered, detail),
            ConductorOutcome.BeingDeleted or ConductorOutcome.LaunchEnded => Conflict(ProblemTypes.BeingDeleted, detail),
            ConductorOutcome.CountRefused => ProblemFactory.BadRequest([.. problems.Select(problem => new Fault("/size", problem))]),
            ConductorOutcome.SourcesRefused => ProblemFactory.BadRequest([.. problems.Select(problem => new Fault("", problem))]),
            _ => throw new InvalidOperationException("A grain answered with an unknown outcome: update the gateway."),
        };
    }

    private static Problem Conflict(string type, string? detail) => ProblemFactory.Create(StatusCodes.Status409Conflict, type, detail);
}
