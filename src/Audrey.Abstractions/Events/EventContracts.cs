using System.Collections.Immutable;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Orleans;

namespace Audrey.Abstractions.Events;

/// <summary>Events of one incarnation of a deployable. An empty batch only reports that the incarnation exists.</summary>
/// <param name="Incarnation">The incarnation.</param>
/// <param name="Notes">The notes of the events.</param>
/// <param name="Tallies">The tallies of the instances that sent the notes, and of others. Null in batches of servers that did not know
/// tallies.</param>
[GenerateSerializer, Immutable, Alias("audrey.EventBatch")]
public sealed record EventBatch(
    [property: Id(0)] long Incarnation, [property: Id(1)] ImmutableArray<SourcedNote> Notes,
    [property: Id(2)] ImmutableArray<SourcedTally>? Tallies = null);

/// <summary>A tally and the instance that it is of.</summary>
/// <param name="Instance">The instance.</param>
/// <param name="Sequence">The sequence number of the instance's newest milestone. A tally with a lower number is older.</param>
/// <param name="Tally">The tally.</param>
[GenerateSerializer, Immutable, Alias("audrey.SourcedTally")]
public sealed record SourcedTally(
    [property: Id(0)] string Instance, [property: Id(1)] long Sequence, [property: Id(2)] InstanceTally Tally);

/// <summary>A note and its source.</summary>
/// <param name="Instance">The instance that the note is about. Null if the note is about the deployable.</param>
/// <param name="Assembly">The instance's assembly, or the assembly of the group that was scaled.</param>
/// <param name="Details">The event.</param>
/// <param name="Label">The instance's label. Null if the note is about the deployable.</param>
[GenerateSerializer, Immutable, Alias("audrey.SourcedNote")]
public sealed record SourcedNote(
    [property: Id(0)] string? Instance, [property: Id(1)] string? Assembly, [property: Id(2)] EventNote Details,
    [property: Id(3)] string? Label = null);

/// <summary>A request for events.</summary>
[GenerateSerializer, Immutable, Alias("audrey.EventQuery")]
public sealed record EventQuery
{
    /// <summary>The maximum wait, which is well below the timeout of the grain call.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    /// <summary>The conductor that sends the query. Another conductor's events are never returned.</summary>
    [Id(0)] public required ConductorKey Conductor { get; init; }

    /// <summary>The number of the last event that the caller has, or 0 if it has none.</summary>
    [Id(1)] public long After { get; init; }

    /// <summary>The maximum number of events to return.</summary>
    [Id(2)] public int MaxEvents { get; init; } = EventPage.MaxEvents;

    /// <summary>The maximum time to wait for events. It is at most <see cref="MaxWait"/>.</summary>
    [Id(3)] public TimeSpan Wait { get; init; }
}

/// <summary>Events in the order of their numbers.</summary>
[GenerateSerializer, Immutable, Alias("audrey.EventPage")]
public sealed record EventPage
{
    /// <summary>The maximum number of events on a page.</summary>
    public const int MaxEvents = 128;

    /// <summary>The answer if the conductor has neither the deployable nor its history.</summary>
    public static EventPage None { get; } = new();

    /// <summary>Whether the conductor has a deployable with that id, or the history of a deleted deployable.</summary>
    [Id(0)] public bool Found { get; init; }

    [Id(1)] public ImmutableArray<DeployableEvent> Events { get; init; } = [];

    /// <summary>The number of the oldest event that is still kept.</summary>
    [Id(2)] public long First { get; init; }

    /// <summary>The number of the newest event, or 0 if there is none.</summary>
    [Id(3)] public long Last { get; init; }

    /// <summary>Whether the deployable is deleted. If so, no more events follow.</summary>
    [Id(4)] public bool HasEnded { get; init; }

    /// <summary>
    /// Returns the events that are missing between the caller's last event and the first event of this page. Null if no event is missing.
    /// </summary>
    /// <param name="after">The number of the last event that the caller has.</param>
    public MissedEvents? GapAfter(long after) => after > Last ? new(null, null) : after < First - 1 ? new(after + 1, First - 1) : null;
}

/// <summary>Events that are no longer available. The numbers are null if the history was erased and the numbering began again.</summary>
/// <param name="From">The number of the first missing event.</param>
/// <param name="To">The number of the last missing event.</param>
[GenerateSerializer, Immutable, Alias("audrey.EventGap")]
public sealed record MissedEvents([property: Id(0)] long? From, [property: Id(1)] long? To);
