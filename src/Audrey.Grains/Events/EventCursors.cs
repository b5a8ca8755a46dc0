using Audrey.Abstractions.Events;
using Audrey.Core.Events;

namespace Audrey.Grains.Events;

/// <summary>
/// How far the log has taken the events of each instance. Its rows are written now and then; what was taken since follows from the events
/// after that.
/// </summary>
internal sealed class EventCursors
{
    /// <summary>Cursors in a row.</summary>
    public const int PageSize = 512;

    private readonly List<EventCursor> _cursors = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly HashSet<int> _changed = [];

    /// <summary>How many rows there are.</summary>
    public int Pages => (_cursors.Count + PageSize - 1) / PageSize;

    /// <summary>Takes a note. Returns false if it was taken before.</summary>
    public bool Take(SourcedNote note) => Take(note.Instance, note.Note);

    /// <summary>Takes an event that was read from the log.</summary>
    public void Replay(DeployableEvent told) => Take(told.Instance, told.Note);

    /// <summary>Takes a row that was read.</summary>
    public void Load(EventCursorsRow row)
    {
        foreach (var cursor in row.Cursors)
        {
            _places[cursor.Source] = _cursors.Count;
            _cursors.Add(cursor);
        }
    }

    /// <summary>The rows that changed since this was called last.</summary>
    public IReadOnlyList<(int Page, EventCursorsRow Row)> TakeChanged()
    {
        (int, EventCursorsRow)[] rows = [.. _changed.Order().Select(page => (page, new EventCursorsRow { Cursors = [.. _cursors.Skip(page * PageSize).Take(PageSize)] }))];
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
