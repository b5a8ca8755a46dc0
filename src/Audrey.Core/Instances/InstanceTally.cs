using Audrey.Core.Completion;
using Orleans;

namespace Audrey.Core.Instances;

/// <summary>
/// The contribution of an instance to the counts of its deployable. Its size does not depend on the instance. It rests on the durable row,
/// and on the snapshots of the providers once all of them are known.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.InstanceTally")]
public sealed record InstanceTally
{
    /// <summary>The name of the instance's assembly.</summary>
    [Id(0)] public required string Assembly { get; init; }

    /// <summary>The instance's generation.</summary>
    [Id(1)] public required long Generation { get; init; }

    /// <summary>The status of the instance, as reports of the instance show it.</summary>
    [Id(2)] public required CompletionStatus Status { get; init; }

    /// <summary>Whether the guest of this generation was ever heard from.</summary>
    [Id(3)] public bool IsHeardFrom { get; init; }

    /// <summary>Whether the instance has an obstacle that makes a deadline pass.</summary>
    [Id(4)] public bool IsUnfinished { get; init; }

    /// <summary>Whether the deadline of the launch does not count for the instance.</summary>
    [Id(5)] public bool IsAfterLaunch { get; init; }

    /// <summary>The deadline of the scaling or replacement that began this generation. Null if there is none.</summary>
    [Id(6)] public DateTimeOffset? Deadline { get; init; }

    /// <summary>Whether the guest has applied another revision than the newest one.</summary>
    [Id(7)] public bool IsOutOfDate { get; init; }

    /// <summary>
    /// The start of the longest wait of a service for a value. Null if no service waits, if the guest was never heard from, and as long as
    /// a provider is unknown.
    /// </summary>
    [Id(8)] public DateTimeOffset? WaitingSince { get; init; }

    /// <summary>Whether the agents on the machine have sent heartbeats, and then none for three intervals.</summary>
    [Id(9)] public bool IsSilent { get; init; }

    /// <summary>Returns the tally of an instance.</summary>
    public static InstanceTally Of(RegisteredInstance instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        var (row, definition, required) = (instance.Reported, instance.Definition, instance.Required);
        var isOutOfDate = IsOutOfDateIn(instance);
        Obstacle[] obstacles =
            [.. Provisioning.ObstaclesOf(instance.Config, row, row.FirstContact, isOutOfDate && instance.Config.Stays)];
        return new()
        {
            Assembly = instance.Config.Name,
            Generation = definition.Generation,
            Status = CompletionRules.StatusOf(obstacles),
            IsHeardFrom = row.FirstContact is not null,
            IsUnfinished = obstacles.Any(obstacle => obstacle.IsOfDeadline),
            IsAfterLaunch = !definition.IsOfLaunch,
            Deadline = definition.Deadline,
            IsOutOfDate = isOutOfDate,
            IsSilent = instance.Heartbeats.SilentSince is not null,
            WaitingSince = row.FirstContact is not null && required.KnowsProviders ? required.MissingSince : null,
        };
    }

    /// <summary>
    /// Returns whether the guest has applied another revision than the newest one that the row has. While a value is missing, no revision
    /// is the newest one.
    /// </summary>
    private static bool IsOutOfDateIn(RegisteredInstance instance) =>
        instance.Reported.Newest is { } newest && instance.Required is not { KnowsProviders: true, Complete: false }
        && NewestRevision.StateOf(instance.Reported, instance.HandedOut, newest.Revision) == AppliedState.OutOfDate;
}
