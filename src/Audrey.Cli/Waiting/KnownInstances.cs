using Audrey.Core.Ids;
using Audrey.Core.Statuses;

namespace Audrey.Cli.Waiting;

/// <summary>The instances of a deployable as they were read last, and what each of them contributes to a condition.</summary>
internal sealed class KnownInstances(WaitCondition condition)
{
    private readonly Dictionary<InstanceId, InstanceStatus> _all = [];
    private readonly Dictionary<Verdict, HashSet<InstanceId>> _by = Enum.GetValues<Verdict>().ToDictionary(
        verdict => verdict, _ => new HashSet<InstanceId>());

    public IReadOnlyCollection<InstanceStatus> All => _all.Values;

    /// <summary>Gets whether the condition concerns an instance.</summary>
    public bool IsConcerned => _by[Verdict.Unconcerned].Count < _all.Count;

    /// <summary>Returns the instances that contribute this.</summary>
    public IEnumerable<InstanceStatus> Of(Verdict verdict) => _by[verdict].Select(id => _all[id]);

    public int CountOf(Verdict verdict) => _by[verdict].Count;

    public void Replace(IEnumerable<InstanceStatus> instances)
    {
        _all.Clear();
        foreach (var ids in _by.Values) ids.Clear();
        foreach (var instance in instances) Set(instance);
    }

    public void Set(InstanceStatus instance)
    {
        Remove(instance.Id);
        _all.Add(instance.Id, instance);
        _by[condition.Judge(instance)].Add(instance.Id);
    }

    public void Remove(InstanceId id)
    {
        if (_all.Remove(id, out var known)) _by[condition.Judge(known)].Remove(id);
    }
}
