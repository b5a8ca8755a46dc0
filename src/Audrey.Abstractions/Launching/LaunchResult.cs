using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Documents;

namespace Audrey.Abstractions.Launching;

/// <summary>The result of a launch.</summary>
/// <param name="Outcome"><see cref="ConductorOutcome.Done"/>: all instances are registered, now or by an earlier run. <see
/// cref="ConductorOutcome.LaunchDiffers"/>, <see cref="ConductorOutcome.NotYours"/>, <see cref="ConductorOutcome.BeingDeleted"/>: the
/// launch did not begin. <see cref="ConductorOutcome.LaunchEnded"/>: the deployable was deleted in the meantime. If there are <paramref
/// name="Refusals"/>, this is the outcome of the first refused instance.</param>
/// <param name="Refusals">The instances that were refused. If there are any, the whole launch was undone.</param>
/// <param name="Answer">The refusal of the launch as a whole, with its reasons. Null if there is none.</param>
public sealed record LaunchResult(
    ConductorOutcome Outcome, ImmutableArray<LaunchRefusal> Refusals, ConductorAnswer? Answer = null)
{
    /// <summary>Creates a result with this outcome and without refused instances.</summary>
    public static LaunchResult Of(ConductorOutcome outcome) => new(outcome, []);

    /// <summary>Creates a result with the answer to the launch as a whole.</summary>
    public static LaunchResult Of(ConductorAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return new(answer.Outcome, [], answer.Outcome == ConductorOutcome.Done ? null : answer);
    }
}

/// <summary>An instance that was refused.</summary>
/// <param name="Index">The instance's index among the given instances.</param>
/// <param name="Instance">The instance.</param>
/// <param name="Answer">The answer that explains the refusal.</param>
public sealed record LaunchRefusal(int Index, InstanceConfig Instance, ConductorAnswer Answer);
