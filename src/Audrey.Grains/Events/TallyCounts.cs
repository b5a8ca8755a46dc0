using Audrey.Core.Completion;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;

namespace Audrey.Grains.Events;

/// <summary>
/// The counts of one deployable's instances. They follow the tallies: each change of a tally changes the counts by the difference between
/// the old and the new one. An instance is known by its place among the cursors.
/// </summary>
internal sealed class TallyCounts
{
    private readonly SortedDictionary<string, InstanceCounts> _assemblies = new(StringComparer.Ordinal);
    private readonly SortedDictionary<DateTimeOffset, int> _deadlines = [];
    private readonly SortedSet<(DateTimeOffset Since, int Place)> _waiting = [];
    private readonly SortedSet<int> _failed = [];
    private readonly SortedSet<int> _incomplete = [];
    private readonly SortedSet<int> _outOfDate = [];
    private readonly SortedSet<int> _silent = [];
    private readonly SortedSet<int> _unheard = [];
    private InstanceCounts _all = InstanceCounts.None;
    private int _unfinishedOfLaunch;

    /// <summary>Replaces the tally of an instance. Null means that the instance does not count.</summary>
    public void Replace(int place, InstanceTally? before, InstanceTally? after)
    {
        if (before == after) return;
        if (before is not null) Change(place, before, -1);
        if (after is not null) Change(place, after, 1);
    }

    /// <summary>Returns the counts. The cost does not depend on the number of instances.</summary>
    /// <param name="at">Returns the id of the instance at a place.</param>
    public CountedInstances Summarize(Func<int, string> at)
    {
        IEnumerable<int>[] kinds = [_failed, _waiting.Select(wait => wait.Place), _incomplete, _outOfDate, _silent, _unheard];
        return new()
        {
            Counts = _all,
            Assemblies = [.. _assemblies.Take(CountedInstances.MaxAssemblies).Select(one => new AssemblyCounts(one.Key, one.Value))],
            MoreAssemblies = Math.Max(0, _assemblies.Count - CountedInstances.MaxAssemblies),
            Important =
            [
                .. kinds.SelectMany(kind => kind.Take(CountedInstances.MaxImportant)).Distinct()
                    .Select(place => InstanceId.Parse(at(place))),
            ],
            Deadline = _deadlines.Count == 0 ? null : _deadlines.Keys.First(),
            IsLaunchUnfinished = _unfinishedOfLaunch > 0,
        };
    }

    private void Change(int place, InstanceTally tally, int change)
    {
        _all = _all.With(tally, change);
        var counts = _assemblies.GetValueOrDefault(tally.Assembly, InstanceCounts.None).With(tally, change);
        if (counts.Instances == 0) _assemblies.Remove(tally.Assembly);
        else _assemblies[tally.Assembly] = counts;
        Set(_failed, place, tally.Status == CompletionStatus.Error);
        Set(_incomplete, place, tally is { Status: CompletionStatus.Incomplete, IsHeardFrom: true });
        Set(_unheard, place, tally is { Status: CompletionStatus.Incomplete, IsHeardFrom: false });
        Set(_outOfDate, place, tally.IsOutOfDate);
        Set(_silent, place, tally.IsSilent);
        if (tally.WaitingSince is { } since) Set(_waiting, (since, place), true);
        if (!tally.IsUnfinished) return;
        if (tally.Deadline is { } deadline) CountDeadline(deadline);
        else if (!tally.IsAfterLaunch) _unfinishedOfLaunch += change;

        void Set<T>(SortedSet<T> set, T entry, bool belongs)
        {
            if (belongs && change > 0) set.Add(entry);
            else if (belongs) set.Remove(entry);
        }

        void CountDeadline(DateTimeOffset due)
        {
            var left = _deadlines.GetValueOrDefault(due) + change;
            if (left == 0) _deadlines.Remove(due);
            else _deadlines[due] = left;
        }
    }
}
