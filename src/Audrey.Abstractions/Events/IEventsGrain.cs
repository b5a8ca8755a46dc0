using System.Collections.Immutable;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Events;

/// <summary>
/// The events of one deployable, numbered in the order in which they came here. They stay for a while after the deployable was deleted. The
/// key is <see cref="GrainKeys.Of(DeployableId)"/>.
/// </summary>
[Alias("audrey.IEventsGrain")]
public interface IEventsGrain : IGrainWithStringKey
{
    /// <summary>Takes events in; durable when it returns. What was taken before is left out, so a batch may be sent again.</summary>
    /// <exception cref="NotDurableException">It is not known whether they were written; send them again.</exception>
    [AlwaysInterleave, Alias("Append")]
    Task Append(EventBatch batch);

    /// <summary>The durable events after one; waits for some when asked to.</summary>
    [AlwaysInterleave, ResponseTimeout("00:00:30"), Alias("Read")]
    Task<EventPage> Read(EventQuery query, CancellationToken cancellationToken = default);

    /// <summary>
    /// Finds out whether the deadline was missed, and appends an event if it was. Called once the deadline has passed, and again until it
    /// succeeds.
    /// </summary>
    [AlwaysInterleave, ResponseTimeout("00:05:00"), Alias("JudgeDeadline")]
    Task JudgeDeadline(long incarnation);

    /// <summary>Deletes everything, if the deployable was deleted no later than that and is not registered anew.</summary>
    [AlwaysInterleave, Alias("Erase")]
    Task Erase(DateTimeOffset endedUntil);
}

/// <summary>Events of one incarnation of a deployable; without any it tells that there is that incarnation.</summary>
[GenerateSerializer, Immutable, Alias("audrey.EventBatch")]
public sealed record EventBatch([property: Id(0)] long Incarnation, [property: Id(1)] ImmutableArray<SourcedNote> Notes);

/// <summary>A note and whose it is.</summary>
/// <param name="Instance">The instance; null: the deployable.</param>
/// <param name="Assembly">Its assembly, or the group's.</param>
/// <param name="Note">What happened.</param>
[GenerateSerializer, Immutable, Alias("audrey.SourcedNote")]
public sealed record SourcedNote([property: Id(0)] string? Instance, [property: Id(1)] string? Assembly, [property: Id(2)] EventNote Note);

/// <summary>Which events are asked for.</summary>
[GenerateSerializer, Immutable, Alias("audrey.EventQuery")]
public sealed record EventQuery
{
    /// <summary>The longest wait that is granted: well below the time in which the call must be answered.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    /// <summary>Who asks; nobody is told of another conductor's events.</summary>
    [Id(0)] public required ConductorKey Conductor { get; init; }

    /// <summary>The number of the last event known; 0: none.</summary>
    [Id(1)] public long After { get; init; }

    /// <summary>How many at most.</summary>
    [Id(2)] public int MaxEvents { get; init; } = EventPage.MaxEvents;

    /// <summary>How long to wait while there are none; up to <see cref="MaxWait"/>.</summary>
    [Id(3)] public TimeSpan Wait { get; init; }
}

/// <summary>Events in the order of their numbers.</summary>
[GenerateSerializer, Immutable, Alias("audrey.EventPage")]
public sealed record EventPage
{
    /// <summary>Events on a page at most.</summary>
    public const int MaxEvents = 128;

    /// <summary>There is no deployable of that conductor, nor a history of one.</summary>
    public static EventPage None { get; } = new();

    /// <summary>Whether there are events of that conductor.</summary>
    [Id(0)] public bool Found { get; init; }

    [Id(1)] public ImmutableArray<DeployableEvent> Events { get; init; } = [];

    /// <summary>The number of the oldest event that is kept.</summary>
    [Id(2)] public long First { get; init; }

    /// <summary>The number of the newest event; 0: there is none.</summary>
    [Id(3)] public long Last { get; init; }

    /// <summary>Whether the deployable is deleted, so that no event follows the newest.</summary>
    [Id(4)] public bool HasEnded { get; init; }

    /// <summary>What cannot be told between what was known and the first event here; null: nothing is missing.</summary>
    /// <param name="after">The number of the last event known.</param>
    public MissedEvents? GapAfter(long after) => after > Last ? new(null, null) : after < First - 1 ? new(after + 1, First - 1) : null;
}

/// <summary>Events that cannot be told. Without numbers: the history was erased since, and its numbers began anew.</summary>
/// <param name="From">The number of the first of them.</param>
/// <param name="To">The number of the last.</param>
[GenerateSerializer, Immutable, Alias("audrey.EventGap")]
public sealed record MissedEvents([property: Id(0)] long? From, [property: Id(1)] long? To);
