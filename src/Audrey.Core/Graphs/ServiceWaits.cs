namespace Audrey.Core.Graphs;

/// <summary>The waits of services for the ends of other services. A wait can need all ends that it names, or only some of them.</summary>
/// <typeparam name="TNode">The type that identifies a service.</typeparam>
public sealed class ServiceWaits<TNode>
    where TNode : notnull
{
    private readonly List<(TNode Service, IReadOnlyCollection<TNode> Ends, int Needed)> _waits = [];

    /// <summary>Adds a wait.</summary>
    /// <param name="service">The service that waits.</param>
    /// <param name="ends">The services whose ends it waits for.</param>
    /// <param name="needed">
    /// The number of ends that the service needs. If it is larger than the number of services, all of them are needed: the rest belongs to
    /// members that a group does not have yet.
    /// </param>
    public void Add(TNode service, IReadOnlyCollection<TNode> ends, int needed)
    {
        ArgumentNullException.ThrowIfNull(ends);
        needed = Math.Min(needed, ends.Count);
        if (needed > 0) _waits.Add((service, ends, needed));
    }

    /// <summary>
    /// Returns cycles of services that never start, as <see cref="ServiceCycles.Find"/> does. A service that needs only some ends is on a
    /// cycle if too few of them can ever come. The time is linear in the number of ends.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<TNode>> FindCycles()
    {
        var left = new int[_waits.Count];
        var openWaits = new Dictionary<TNode, int>();
        var waitsFor = new Dictionary<TNode, List<int>>();
        for (var i = 0; i < _waits.Count; i++)
        {
            var (service, ends, needed) = _waits[i];
            left[i] = needed;
            openWaits[service] = openWaits.GetValueOrDefault(service) + 1;
            foreach (var end in ends)
            {
                if (!waitsFor.TryGetValue(end, out var waits)) waitsFor.Add(end, waits = []);
                waits.Add(i);
            }
        }

        var startable = new Queue<TNode>(waitsFor.Keys.Where(end => !openWaits.ContainsKey(end)));
        while (startable.TryDequeue(out var ended))
        {
            foreach (var i in waitsFor.GetValueOrDefault(ended) ?? [])
            {
                if (--left[i] != 0) continue;
                var service = _waits[i].Service;
                if (--openWaits[service] == 0) startable.Enqueue(service);
            }
        }

        var stuck = new Dictionary<TNode, List<TNode>>();
        for (var i = 0; i < _waits.Count; i++)
        {
            var (service, ends, _) = _waits[i];
            if (left[i] <= 0) continue;
            if (!stuck.TryGetValue(service, out var others)) stuck.Add(service, others = []);
            others.AddRange(ends.Where(end => openWaits.GetValueOrDefault(end) > 0));
        }

        return ServiceCycles.Find(stuck);
    }
}
