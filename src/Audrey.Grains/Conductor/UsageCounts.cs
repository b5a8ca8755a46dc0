using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Ids;
using Audrey.Core.Limits;

namespace Audrey.Grains.Conductor;

/// <summary>
/// The deployables of one conductor with their numbers of instances, as far as its quotas count them. Makes the decisions about
/// reservations. It has no clock and does no I/O.
/// </summary>
internal sealed class UsageCounts(ConductorKey conductor)
{
    private readonly Dictionary<DeployableId, Entry> _entries = [];
    private long _instances;
    private int _versions;

    /// <summary>The deployables whose numbers can be too high.</summary>
    public IEnumerable<(DeployableId Deployable, int Version)> Unsettled =>
        from pair in _entries where !pair.Value.IsSettled select (pair.Key, pair.Value.Version);

    /// <summary>
    /// Reserves a place for a deployable with that many instances in all. Returns the quota that would be exceeded, or null. A deployable
    /// that does not grow is never refused, also if a quota was lowered.
    /// </summary>
    public QuotaExcess? Reserve(DeployableId deployable, int instances, ConductorQuota quota)
    {
        var known = _entries.GetValueOrDefault(deployable);
        var (before, others) = (known?.Instances ?? 0, _instances - (known?.Total ?? 0));
        var otherDeployables = _entries.Count - (known is null ? 0 : 1);
        QuotaExcess? excess = null;
        if (before == 0 && otherDeployables >= quota.MaxDeployables)
            excess = new(conductor, QuotaKind.Deployables, quota.MaxDeployables, otherDeployables, 1);
        else if (instances > before && others + instances > quota.MaxInstances)
            excess = new(conductor, QuotaKind.Instances, quota.MaxInstances, (int)(others + before), instances - before);

        if (excess is null) Set(deployable, instances, 0, isSettled: false);
        else if (before > 0) Set(deployable, before, 0, known!.IsSettled);
        else Remove(deployable);
        return excess;
    }

    /// <summary>Notes that a deployable is about to have fewer instances.</summary>
    public void Unsettle(DeployableId deployable)
    {
        if (_entries.TryGetValue(deployable, out var entry)) Set(deployable, entry.Instances, entry.Asking, isSettled: false);
    }

    /// <summary>
    /// Adds a deployable from the list of deployables. Without a usage, it does not exist or is not the conductor's. What it is asking for
    /// counts, because an earlier activation can have granted it.
    /// </summary>
    public void Add(DeployableId deployable, DeployableUsage? usage)
    {
        if (usage is not null) Set(deployable, usage.Instances, usage.Asking, usage.IsSettled);
    }

    /// <summary>Sets the numbers of a deployable that could not be counted before.</summary>
    public void Replace(DeployableId deployable, DeployableUsage? usage)
    {
        if (usage is null) Remove(deployable);
        else Add(deployable, usage);
    }

    /// <summary>
    /// Lowers the number of a deployable to the number that was counted. A deployable that has reserved something since the beginning of
    /// the count keeps its number.
    /// </summary>
    public void Lower(DeployableId deployable, int version, DeployableUsage? usage)
    {
        if (!_entries.TryGetValue(deployable, out var entry) || entry.Version != version) return;
        if (usage is null) Remove(deployable);
        else Set(
            deployable,
            Math.Min(entry.Instances, usage.Instances + usage.Asking),
            Math.Min(entry.Asking, usage.Asking),
            usage.IsSettled);
    }

    private void Set(DeployableId deployable, int instances, int asking, bool isSettled)
    {
        var known = _entries.GetValueOrDefault(deployable);
        var entry = new Entry(instances, asking, isSettled, ++_versions);
        _instances += entry.Total - (known?.Total ?? 0);
        _entries[deployable] = entry;
    }

    private void Remove(DeployableId deployable)
    {
        if (_entries.Remove(deployable, out var entry)) _instances -= entry.Total;
    }

    /// <summary>A deployable.</summary>
    /// <param name="Instances">The number of its instances. It is never too low.</param>
    /// <param name="Asking">The number of instances that it was asking for when it was counted.</param>
    /// <param name="IsSettled">Whether the numbers are exact.</param>
    /// <param name="Version">A number that every change raises.</param>
    private sealed record Entry(int Instances, int Asking, bool IsSettled, int Version)
    {
        public int Total => Instances + Asking;
    }
}
