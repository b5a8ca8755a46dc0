using System.Collections.Immutable;
using Audrey.Abstractions.Events;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;

namespace Audrey.Grains.Events;

/// <summary>
/// The progress of the log for each instance: the newest of the instance's events that the log has accepted, and its tally. The rows are
/// written only from time to time. Later progress is derived from the events and the tallies that follow.
/// </summary>
internal sealed class EventCursors
{
    /// <summary>The maximum number of cursors in one row.</summary>
    public const int PageSize = 512;

    private readonly List<EventCursor> _cursors = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly HashSet<int> _changed = [];
    private readonly TallyCounts _counts = new();

    /// <summary>The number of rows.</summary>
    public int Pages => (_cursors.Count + PageSize - 1) / PageSize;

    /// <summary>Accepts a note. Returns false if the note was accepted before.</summary>
    public bool Take(SourcedNote note) => Take(note.Instance, note.Details);

    /// <summary>Accepts a tally. Returns false if the tally changes nothing, or is older than the known one.</summary>
    public bool Take(SourcedTally tally) => Change(tally.Instance, cursor => cursor.Taking(tally));

    /// <summary>Accepts an event that was read from the log.</summary>
    public void Replay(DeployableEvent told) => Take(told.Instance, told.Details);

    /// <summary>Accepts a tally that was read from storage.</summary>
    public void Replay(SourcedTally tally) => Change(tally.Instance, cursor => cursor.Restoring(tally));

    /// <summary>Returns the counts of the instances.</summary>
    public CountedInstances Summarize() => _counts.Summarize(place => _cursors[place].Source);

    /// <summary>Returns some instances by their tallies. Null if the last instance of the query is unknown.</summary>
    public FoundInstances? Find(InstanceQuery query)
    {
        var start = 0;
        if (query.After is { } after)
        {
            if (!_places.TryGetValue(after.Value, out var last)) return null;
            start = last + 1;
        }

        var found = ImmutableArray.CreateBuilder<InstanceId>();
        var limit = Math.Clamp(query.Limit, 1, InstanceQuery.MaxInstances);
        for (var place = start; place < _cursors.Count; place++)
        {
            if (_cursors[place].Tally is not { } tally || (query.Status ?? tally.Status) != tally.Status
                || (query.Assembly ?? tally.Assembly) != tally.Assembly) continue;
            if (found.Count == limit) return new(found.ToImmutable(), HasMore: true);
            found.Add(InstanceId.Parse(_cursors[place].Source));
        }

        return new(found.ToImmutable(), HasMore: false);
    }

    /// <summary>Loads cursors from a row that was read from storage.</summary>
    public void Load(EventCursorsRow row)
    {
        foreach (var cursor in row.Cursors)
        {
            _counts.Replace(_cursors.Count, null, cursor.Tally);
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

    private bool Take(string? source, EventNote note) => Change(source ?? "", cursor => cursor.Taking(note));

    private bool Change(string source, Func<EventCursor, EventCursor?> change)
    {
        var known = _places.TryGetValue(source, out var place);
        var before = known ? _cursors[place] : new EventCursor(source);
        if (change(before) is not { } after) return false;
        if (!known)
        {
            _places[source] = place = _cursors.Count;
            _cursors.Add(after);
        }
        else
        {
            _cursors[place] = after;
        }

        _counts.Replace(place, before.Tally, after.Tally);
        _changed.Add(place / PageSize);
        return true;
    }
}
