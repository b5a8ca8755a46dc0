using System.Collections.Immutable;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Orleans;
using Orleans.Concurrency;

namespace Audrey.Abstractions.Events;

/// <summary>
/// The events of one deployable, numbered in the order in which they reached this grain. They are kept for a while after the deployable was
/// deleted. The key is <see cref="GrainKeys.Of(DeployableId)"/>.
/// </summary>
[Alias("audrey.IEventsGrain")]
public interface IEventsGrain : IGrainWithStringKey
{
    /// <summary>
    /// Appends events. They are durable when this returns. Events that were appended before are left out, so a batch can be sent again.
    /// </summary>
    /// <exception cref="NotDurableException">It is not known whether the events were written. Send them again.</exception>
    [AlwaysInterleave, Alias("Append")]
    Task Append(EventBatch batch);

    /// <summary>Returns the durable events after a given number. Waits for new ones if the query asks for that.</summary>
    [AlwaysInterleave, ResponseTimeout("00:00:30"), Alias("Read")]
    Task<EventPage> Read(EventQuery query, CancellationToken cancellationToken = default);

    /// <summary>
    /// Determines whether the deadline was missed, and appends an event if it was. Called once the deadline has passed, and again until it
    /// succeeds.
    /// </summary>
    [AlwaysInterleave, ResponseTimeout("00:05:00"), Alias("JudgeDeadline")]
    Task JudgeDeadline(long incarnation);

    /// <summary>Deletes all events, if the deployable was deleted no later than the given time and has not been registered again.</summary>
    [AlwaysInterleave, Alias("Erase")]
    Task Erase(DateTimeOffset endedUntil);
}

/// <summary>Events of one incarnation of a deployable. An empty batch only reports that the incarnation exists.</summary>
[GenerateSerializer, Immutable, Alias("audrey.EventBatch")]
public sealed record EventBatch([property: Id(0)] long Incarnation, [property: Id(1)] ImmutableArray<SourcedNote> Notes);

/// <summary>A note and its source.</summary>
/// <param name="Instance">The instance that the note is about. Null if the note is about the deployable.</param>
/// <param name="Assembly">The instance's assembly, or the assembly of the group that was scaled.</param>
/// <param name="Note">The event.</param>
[GenerateSerializer, Immutable, Alias("audrey.SourcedNote")]
public sealed record SourcedNote([property: Id(0)] string? Instance, [property: Id(1)] string? Assembly, [property: Id(2)] EventNote Note);

/// <summary>A request for events.</summary>
[GenerateSerializer, Immutable, Alias("audrey.EventQuery")]
public sealed record EventQuery
{
    /// <summary>The maximum wait. It is well below the time within which the call must be answered.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    /// <summary>The conductor that asks. Another conductor's events are never returned.</summary>
    [Id(0)] public required ConductorKey Conductor { get; init; }

    /// <summary>The number of the last event that the caller has, or 0 if it has none.</summary>
    [Id(1)] public long After { get; init; }

    /// <summary>The maximum number of events to return.</summary>
    [Id(2)] public int MaxEvents { get; init; } = EventPage.MaxEvents;

    /// <summary>How long to wait if there are no events yet; at most <see cref="MaxWait"/>.</summary>
    [Id(3)] public TimeSpan Wait { get; init; }
}

/// <summary>Events in the order of their numbers.</summary>
[GenerateSerializer, Immutable, Alias("audrey.EventPage")]
public sealed record EventPage
{
    /// <summary>The maximum number of events on a page.</summary>
    public const int MaxEvents = 128;

    /// <summary>The answer if the conductor has no such deployable and no history of one.</summary>
    public static EventPage None { get; } = new();

    /// <summary>Whether the conductor has a deployable, or a history of one, with that id.</summary>
    [Id(0)] public bool Found { get; init; }

    [Id(1)] public ImmutableArray<DeployableEvent> Events { get; init; } = [];

    /// <summary>The number of the oldest event that is kept.</summary>
    [Id(2)] public long First { get; init; }

    /// <summary>The number of the newest event, or 0 if there is none.</summary>
    [Id(3)] public long Last { get; init; }

    /// <summary>Whether the deployable is deleted, so that no event follows the newest.</summary>
    [Id(4)] public bool HasEnded { get; init; }

    /// <summary>
    /// Returns the events that are missing between the caller's last event and the first one here. Null if none is missing.
    /// </summary>
    /// <param name="after">The number of the last event that the caller has.</param>
    public MissedEvents? GapAfter(long after) => after > Last ? new(null, null) : after < First - 1 ? new(after + 1, First - 1) : null;
}

/// <summary>Events that are no longer available. The numbers are null if the history was erased and numbering began again.</summary>
/// <param name="From">The number of the first missing event.</param>
/// <param name="To">The number of the last missing event.</param>
[GenerateSerializer, Immutable, Alias("audrey.EventGap")]
public sealed record MissedEvents([property: Id(0)] long? From, [property: Id(1)] long? To);
