namespace Audrey.Grains.Events;

/// <summary>One write of a log. The properties of the write are in the order in which they are written.</summary>
internal sealed record EventsWrite
{
    /// <summary>
    /// The head of an incarnation that begins, or null. The old cursors are deleted before it is written,
    /// and everything else is written after it.
    /// </summary>
    public required EventsHead? BeginsWith { get; init; }

    /// <summary>The number of rows of cursors that the previous incarnation has left.</summary>
    public required int OldCursorPages { get; init; }

    /// <summary>The pages of events, oldest first. So a crash cannot leave a gap before a written event.</summary>
    public required IReadOnlyList<(int Page, EventsPageRow Row)> Pages { get; init; }

    /// <summary>The pages of tallies. They are written before the cursors that replace them.</summary>
    public required IReadOnlyList<(int Page, EventTalliesRow Row)> Tallies { get; init; }

    /// <summary>The rows of cursors.</summary>
    public required IReadOnlyList<(int Page, EventCursorsRow Row)> Cursors { get; init; }

    /// <summary>The head after the write.</summary>
    public required EventsHead Head { get; init; }

    /// <summary>Whether the head has changed and must be written.</summary>
    public required bool WritesHead { get; init; }

    /// <summary>The number of the newest event that is durable after the write.</summary>
    public required long ThroughNumber { get; init; }

    /// <summary>The number of tallies that are durable after the write.</summary>
    public required int ThroughTally { get; init; }

    /// <summary>The pages that are deleted once the head is written. The range includes the first number and excludes the second.</summary>
    public required (int From, int To) OldPages { get; init; }
}
