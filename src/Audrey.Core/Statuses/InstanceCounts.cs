using System.Collections.Immutable;
using Audrey.Core.Completion;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Orleans;

namespace Audrey.Core.Statuses;

/// <summary>
/// The numbers of instances by state. Each instance has exactly one of the four states complete, incomplete, failed and never heard from.
/// An instance in any state can be out of date or silent as well.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.InstanceCounts")]
public sealed record InstanceCounts
{
    /// <summary>No instances.</summary>
    public static InstanceCounts None { get; } = new();

    /// <summary>The number of all instances.</summary>
    [Id(0)] public int Instances { get; init; }

    /// <summary>The number of instances that are complete.</summary>
    [Id(1)] public int Complete { get; init; }

    /// <summary>The number of instances that were heard from and are not complete, without those that have failed.</summary>
    [Id(2)] public int Incomplete { get; init; }

    /// <summary>The number of instances of which a service has failed.</summary>
    [Id(3)] public int Failed { get; init; }

    /// <summary>The number of instances whose guests were never heard from.</summary>
    [Id(4)] public int NeverHeardFrom { get; init; }

    /// <summary>The number of instances, in any state, whose guests have applied another configuration than the newest one.</summary>
    [Id(5)] public int OutOfDate { get; init; }

    /// <summary>The number of instances that were heard from and of which a service waits for a value.</summary>
    [Id(6)] public int Waiting { get; init; }

    /// <summary>The number of instances that are not complete, are out of date or are silent.</summary>
    [Id(7)] public int Important { get; init; }

    /// <summary>
    /// The number of instances, in any state, whose agents have sent heartbeats and then none for three intervals.
    /// </summary>
    [Id(8)] public int Silent { get; init; }

    /// <summary>Returns the counts with a tally added, or with it removed if <paramref name="change"/> is -1.</summary>
    public InstanceCounts With(InstanceTally tally, int change)
    {
        ArgumentNullException.ThrowIfNull(tally);
        return With(tally.Status, tally.IsHeardFrom, tally.IsOutOfDate, tally.WaitingSince is not null, tally.IsSilent, change);
    }

    /// <summary>Returns the counts of instances.</summary>
    internal static InstanceCounts Of(IEnumerable<InstanceStatus> instances) => instances.Aggregate(None, (counts, one) => counts.With(
        one.Status, one.FirstContact is not null, one.OutOfDateSince is not null,
        one.FirstContact is not null && one.Services.Any(service => !service.Waits.IsEmpty), one.SilentSince is not null, 1));

    private InstanceCounts With(
        CompletionStatus status, bool isHeardFrom, bool isOutOfDate, bool isWaiting, bool isSilent, int change)
    {
        var counts = this with
        {
            Instances = Instances + change,
            OutOfDate = OutOfDate + (isOutOfDate ? change : 0),
            Waiting = Waiting + (isWaiting ? change : 0),
            Important = Important + (status != CompletionStatus.Success || isOutOfDate || isSilent ? change : 0),
            Silent = Silent + (isSilent ? change : 0),
        };
        return status switch
        {
            CompletionStatus.Success => counts with { Complete = Complete + change },
            CompletionStatus.Error => counts with { Failed = Failed + change },
            _ when isHeardFrom => counts with { Incomplete = Incomplete + change },
            _ => counts with { NeverHeardFrom = NeverHeardFrom + change },
        };
    }
}

/// <summary>The numbers of instances of one assembly.</summary>
/// <param name="Assembly">The assembly.</param>
/// <param name="Counts">The numbers of its instances by state.</param>
[GenerateSerializer, Immutable, Alias("audrey.AssemblyCounts")]
public sealed record AssemblyCounts([property: Id(0)] string Assembly, [property: Id(1)] InstanceCounts Counts);

/// <summary>The counts of a deployable's instances, and the instances that matter most.</summary>
[GenerateSerializer, Immutable, Alias("audrey.CountedInstances")]
public sealed record CountedInstances
{
    /// <summary>The maximum number of assemblies with counts of their own.</summary>
    public const int MaxAssemblies = 64;

    /// <summary>The maximum number of important instances of each kind.</summary>
    public const int MaxImportant = 5;

    /// <summary>The numbers of all instances by state.</summary>
    [Id(0)] public InstanceCounts Counts { get; init; } = InstanceCounts.None;

    /// <summary>The first assemblies in alphabetical order, at most <see cref="MaxAssemblies"/>.</summary>
    [Id(1)] public ImmutableArray<AssemblyCounts> Assemblies { get; init; } = [];

    /// <summary>The number of assemblies that are left out.</summary>
    [Id(2)] public int MoreAssemblies { get; init; }

    /// <summary>
    /// Some instances that have failed, those with the longest waits, and some that are incomplete, out of date, silent or were never heard
    /// from, in this order. At most <see cref="MaxImportant"/> of each kind.
    /// </summary>
    [Id(3)] public ImmutableArray<InstanceId> Important { get; init; } = [];

    /// <summary>The next deadline of an unfinished instance that was scaled or replaced. Null if there is none.</summary>
    [Id(4)] public DateTimeOffset? Deadline { get; init; }

    /// <summary>Whether an instance is unfinished that the deadline of the launch counts for.</summary>
    [Id(5)] public bool IsLaunchUnfinished { get; init; }

    /// <summary>Whether the instances are being counted again, so that the numbers can be old.</summary>
    [Id(6)] public bool IsRecounting { get; init; }
}
