using System.Collections.Immutable;
using Audrey.Abstractions.Events;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Grains.Events;

/// <summary>The log's data about the deployable, and the positions of the log's other rows. This row is rarely written.</summary>
[GenerateSerializer, Immutable, Alias("audrey.EventsHead")]
public sealed record EventsHead
{
    /// <summary>The incarnation whose events are accepted, or 0 if the log has not begun.</summary>
    [Id(0)] public long Incarnation { get; init; }

    [Id(1)] public ConductorKey Conductor { get; init; }

    /// <summary>The time at which this incarnation was created.</summary>
    [Id(2)] public DateTimeOffset Registered { get; init; }

    /// <summary>The number of the event that records the creation. The number is written before the event.</summary>
    [Id(3)] public long RegisteredNumber { get; init; }

    /// <summary>The time at which this incarnation was deleted. Null if this incarnation was not deleted.</summary>
    [Id(4)] public DateTimeOffset? Ended { get; init; }

    /// <summary>The oldest page that is kept.</summary>
    [Id(5)] public int FirstPage { get; init; }

    /// <summary>The number of the oldest event that can be served. Older events belong to another conductor.</summary>
    [Id(6)] public long FirstNumber { get; init; } = 1;

    /// <summary>The pages of cursors cover the events up to this number. Later cursors follow from the events.</summary>
    [Id(7)] public long CursorsThrough { get; init; }

    /// <summary>The number of pages of cursors.</summary>
    [Id(8)] public int CursorPages { get; init; }

    /// <summary>The number of instances that this incarnation was launched with.</summary>
    [Id(9)] public int? Instances { get; init; }

    /// <summary>The deadline of the launch, in a row of a version in which only launches had deadlines.</summary>
    [Id(10)] public DateTimeOffset? Deadline { get; init; }

    /// <summary>Whether that deadline has been judged, in a row of such a version.</summary>
    [Id(11)] public bool DeadlineJudged { get; init; }

    /// <summary>
    /// The newest deadline that was judged. Deadlines are judged in ascending order, so all earlier ones have been judged as well. Null if
    /// there is none.
    /// </summary>
    [Id(12)] public DateTimeOffset? JudgedUntil { get; init; }

    /// <summary>The number of the pages of tallies that follow the cursors. Pages with a lower number are in the cursors.</summary>
    [Id(13)] public long Checkpoint { get; init; }

    /// <summary>
    /// The time at which the newest count of all instances began. Null if the instances were never counted, as in the row of a version
    /// without tallies.
    /// </summary>
    [Id(14)] public DateTimeOffset? Counted { get; init; }
}

/// <summary>A page of events in the order of their numbers.</summary>
[GenerateSerializer, Immutable, Alias("audrey.EventsPageRow")]
public sealed record EventsPageRow
{
    [Id(0)] public ImmutableArray<DeployableEvent> Events { get; init; } = [];
}

/// <summary>The progress of the log for some sources.</summary>
[GenerateSerializer, Immutable, Alias("audrey.EventCursorsRow")]
public sealed record EventCursorsRow
{
    [Id(0)] public ImmutableArray<EventCursor> Cursors { get; init; } = [];
}

/// <summary>A page of the tallies that were accepted after the cursors were last written, oldest first.</summary>
[GenerateSerializer, Immutable, Alias("audrey.EventTalliesRow")]
public sealed record EventTalliesRow
{
    /// <summary>The maximum number of tallies in one row.</summary>
    public const int PageSize = 128;

    /// <summary>See <see cref="EventsHead.Checkpoint"/>.</summary>
    [Id(0)] public long Checkpoint { get; init; }

    [Id(1)] public ImmutableArray<SourcedTally> Tallies { get; init; } = [];
}

/// <summary>The progress of the log for one source. A note that is not newer than the cursor was accepted before.</summary>
/// <param name="Source">An instance's id. Empty for the deployable itself.</param>
/// <param name="Sequence">The newest sequence number.</param>
/// <param name="Announced">The newest generation whose registration is in the log.</param>
/// <param name="Ended">The newest generation whose end is in the log.</param>
/// <param name="RevisionOf">The generation that <see cref="Revision"/> belongs to.</param>
/// <param name="Revision">The newest revision in the log, or the newest scaling.</param>
/// <param name="Tally">The newest tally. Null if there is none, or if the instance has ended.</param>
[GenerateSerializer, Immutable, Alias("audrey.EventCursor")]
public sealed record EventCursor(
    [property: Id(0)] string Source,
    [property: Id(1)] long Sequence = 0,
    [property: Id(2)] long Announced = 0,
    [property: Id(3)] long Ended = 0,
    [property: Id(4)] long RevisionOf = 0,
    [property: Id(5)] string? Revision = null,
    [property: Id(6)] InstanceTally? Tally = null)
{
    /// <summary>Returns the cursor after a note was accepted, or null if the note was accepted before.</summary>
    public EventCursor? Taking(EventNote note) => note switch
    {
        { Sequence: > 0 } => note.Sequence > Sequence ? this with { Sequence = note.Sequence } : null,
        { Kind: EventKind.InstanceRegistered or EventKind.InstanceReplaced } =>
            note.Generation > Announced ? this with { Announced = note.Generation } : null,
        { Kind: EventKind.InstanceEnded } => note.Generation > Ended
            ? this with { Ended = note.Generation, Tally = Tally?.Generation > note.Generation ? Tally : null }
            : null,
        { Kind: EventKind.ConfigurationComplete } =>
            note.Generation > RevisionOf || (note.Generation == RevisionOf && note.Revision != Revision)
                ? this with { RevisionOf = note.Generation, Revision = note.Revision }
                : null,
        { Kind: EventKind.Scaled } => note.ScalingId != Revision ? this with { Revision = note.ScalingId } : null,

        // These events occur once in an incarnation. The head records these events.
        _ => this,
    };
    /// <summary>Returns the cursor after a tally was accepted, or null if the tally is older than the known one or equals it.</summary>
    public EventCursor? Taking(SourcedTally tally) =>
        tally.Sequence < Sequence || tally.Tally == Tally ? null : Restoring(tally);

    /// <summary>Returns the cursor with a tally that was accepted before. Null if the generation of the tally is over.</summary>
    public EventCursor? Restoring(SourcedTally tally) =>
        tally.Tally.Generation <= Ended || tally.Tally.Generation < Tally?.Generation ? null : this with { Tally = tally.Tally };
}
