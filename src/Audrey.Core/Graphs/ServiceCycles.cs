namespace Audrey.Core.Graphs;

/// <summary>
/// Finds services that wait for each other to end and therefore never start. Provided parameters cannot form cycles, because a guest
/// provides them before its services run.
/// </summary>
public static class ServiceCycles
{
    /// <summary>Maximum number of cycles that are returned. Services with many mutual waits can form far more cycles.</summary>
    public const int MaxCycles = 100;

    /// <summary>Maximum number of services that are printed for one cycle.</summary>
    private const int MaxCycleLength = 12;

    /// <summary>
    /// Returns at most <see cref="MaxCycles"/> cycles, one for each wait that closes a cycle. Each cycle lists its services in order and
    /// does not repeat the first service. Every deadlocked service is on a cycle or leads to a cycle. The time is linear in the number of
    /// waits.
    /// </summary>
    /// <param name="waits">The services that each service waits for.</param>
    /// <typeparam name="TNode">The type that identifies a service.</typeparam>
    public static IReadOnlyList<IReadOnlyList<TNode>> Find<TNode>(IReadOnlyDictionary<TNode, List<TNode>> waits)
        where TNode : notnull
    {
        ArgumentNullException.ThrowIfNull(waits);
        var cycles = new List<IReadOnlyList<TNode>>();
        var finished = new HashSet<TNode>();
        foreach (var root in waits.Keys)
        {
            Walk(root, waits, finished, cycles);
        }

        return cycles;
    }

    /// <summary>Formats a cycle for human readers, such as <c>web[http] -> db[mysql] -> web[http]</c>. Long cycles are shortened.</summary>
    /// <param name="cycle">The services in order. The first service is not repeated.</param>
    /// <param name="name">Returns the name of a service.</param>
    /// <typeparam name="TNode">The type that identifies a service.</typeparam>
    public static string Describe<TNode>(IReadOnlyList<TNode> cycle, Func<TNode, string> name)
    {
        ArgumentNullException.ThrowIfNull(cycle);
        var steps = cycle.Take(MaxCycleLength).Select(name).ToList();
        if (cycle.Count > MaxCycleLength) steps.Add($"({cycle.Count - MaxCycleLength} more)");
        return string.Join(" -> ", steps.Append(steps[0]));
    }

    /// <summary>Searches depth first. The search uses an explicit stack, because chains of services can be long.</summary>
    private static void Walk<TNode>(
        TNode root,
        IReadOnlyDictionary<TNode, List<TNode>> waits,
        HashSet<TNode> finished,
        List<IReadOnlyList<TNode>> cycles)
        where TNode : notnull
    {
        if (finished.Contains(root)) return;
        var path = new List<(TNode Node, int Next)> { (root, 0) };
        var depth = new Dictionary<TNode, int> { [root] = 0 };
        var reported = new HashSet<(TNode From, TNode To)>();
        while (path.Count > 0)
        {
            var (node, next) = path[^1];
            if (!waits.TryGetValue(node, out var ends) || next == ends.Count)
            {
                finished.Add(node);
                depth.Remove(node);
                path.RemoveAt(path.Count - 1);
                continue;
            }

            path[^1] = (node, next + 1);
            var end = ends[next];
            if (depth.TryGetValue(end, out var from))
            {
                if (cycles.Count < MaxCycles && reported.Add((node, end))) cycles.Add([.. path.Skip(from).Select(step => step.Node)]);
            }
            else if (!finished.Contains(end))
            {
                depth.Add(end, path.Count);
                path.Add((end, 0));
            }
        }
    }
}
