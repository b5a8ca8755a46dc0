using Audrey.Protocol.Version3;

namespace Audrey.Cli.Connection;

/// <summary>Finds where events are missing. The events of a deployable have consecutive numbers.</summary>
/// <param name="after">The number of the last event that is known.</param>
internal sealed class EventSequence(long after)
{
    private long _last = after;

    /// <summary>Adds the next event.</summary>
    /// <returns>A sentence about the events that are missing before it. Null if none are missing.</returns>
    public string? Add(Event entry)
    {
        var missing = entry.Number <= _last ? "the history was erased, and its numbers started again"
            : entry.Number > _last + 1 ? FormattableString.Invariant($"events {_last + 1} to {entry.Number - 1} are no longer kept")
            : null;
        _last = entry.Number;
        return missing;
    }
}
