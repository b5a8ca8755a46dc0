using Audrey.Abstractions.Events;
using Audrey.Core.Events;

namespace Audrey.Grains.Events;

/// <summary>
/// The progress of the log for each instance: the newest of the instance's events that the log has accepted. The rows are written only from
/// time to time. Later progress is derived from the events that follow.
/// </summary>
internal sealed class EventCursors
{
    /// <summary>The maximum number of cursors in one row.</summary>
    public const int PageSize = 512;

    private readonly List<EventCursor> _cursors = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly HashSet<int> _changed = [];

    /// <summary>The number of rows.</summary>
    public int Pages => (_cursors.Count + PageSize - 1) / PageSize;

    /// <summary>Accepts a note. Returns false if the note was accepted before.</summary>
    public bool Take(SourcedNote note) => Take(note.Instance, note.Details);

    /// <summary>Accepts an event that was read from the log.</summary>
    public void Replay(DeployableEvent told) => Take(told.Instance, told.Details);

    /// <summary>Loads cursors from a row that was read from storage.</summary>
    public void Load(EventCursorsRow row)
    {
        foreach (var cursor in row.Cursors)
        {
            _places[cursor.Source] = _cursors.Count;
            _cursors.Add(cursor);
        }
    }

    /// <summary>Returns the rows that have changed since the previous call.</summary>
    public IReadOnlyList<(int Page, EventCursorsRow Row)> TakeChanged()
    {
        (int, EventCursorsRow)[] rows = [.. _changed.Order().Select(page =>
            (page, new EventCursorsRow { Cursors = [.. _cursors.Skip(page * PageSize).Take(PageSize)] }))];
        _changed.Clear();
        return rows;
    }

    private bool Take(string? source, EventNote note)
    {
        source ??= "";
        var known = _places.TryGetValue(source, out var place);
        var before = known ? _cursors[place] : new EventCursor(source);
        if (before.Taking(note) is not { } after) return false;
        if (!known)
        {
            _places[source] = place = _cursors.Count;
            _cursors.Add(after);
        }
        else
        {
            _cursors[place] = after;
        }

        _changed.Add(place / PageSize);
        return true;
    }
}
