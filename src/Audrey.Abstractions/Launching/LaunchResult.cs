using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Documents;

namespace Audrey.Abstractions.Launching;

/// <summary>How a launch ended.</summary>
/// <param name="Outcome">
/// <see cref="ConductorOutcome.Done"/>: all of it is registered, now or before. <see cref="ConductorOutcome.LaunchDiffers"/>,
/// <see cref="ConductorOutcome.NotYours"/>, <see cref="ConductorOutcome.BeingDeleted"/>: it did not begin.
/// <see cref="ConductorOutcome.LaunchEnded"/>: the deployable was deleted meanwhile. With <paramref name="Refusals"/>: why the first of
/// them was.
/// </param>
/// <param name="Refusals">The instances that were refused; then all of the launch was taken back.</param>
public sealed record LaunchResult(ConductorOutcome Outcome, ImmutableArray<LaunchRefusal> Refusals)
{
    /// <summary>A launch that ended so without an instance being refused.</summary>
    public static LaunchResult Of(ConductorOutcome outcome) => new(outcome, []);
}

/// <summary>An instance that was refused.</summary>
/// <param name="Index">Its place among those given.</param>
/// <param name="Instance">The instance.</param>
/// <param name="Answer">Why.</param>
public sealed record LaunchRefusal(int Index, InstanceConfig Instance, ConductorAnswer Answer);
