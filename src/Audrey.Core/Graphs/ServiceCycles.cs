namespace Audrey.Core.Graphs;

/// <summary>
/// Finds services that wait for one another's end, and so never start. Provided parameters make no cycles: a guest gives them
/// before its services run.
/// </summary>
public static class ServiceCycles
{
    /// <summary>Most cycles that are told; in one knot of services there can be more of them than anybody reads.</summary>
    public const int MaxCycles = 100;

    /// <summary>Most services that are printed of one cycle.</summary>
    private const int MaxCycleLength = 12;

    /// <summary>
    /// Cycles, at most <see cref="MaxCycles"/>, each as its services in order, the first not repeated: one for each wait that closes one.
    /// Every service that is in a deadlock is on, or leads to, a cycle. The time is linear in the number of waits.
    /// </summary>
    /// <param name="waits">For each service those whose end it waits for.</param>
    /// <typeparam name="TNode">What a service is known by.</typeparam>
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

    /// <summary>A cycle for people, as <c>web[http] -> db[mysql] -> web[http]</c>; of a long one its beginning.</summary>
    /// <param name="cycle">Its services in order, the first not repeated.</param>
    /// <param name="name">How a service is called.</param>
    /// <typeparam name="TNode">What a service is known by.</typeparam>
    public static string Describe<TNode>(IReadOnlyList<TNode> cycle, Func<TNode, string> name)
    {
        ArgumentNullException.ThrowIfNull(cycle);
        var steps = cycle.Take(MaxCycleLength).Select(name).ToList();
        if (cycle.Count > MaxCycleLength) steps.Add($"({cycle.Count - MaxCycleLength} more)");
        return string.Join(" -> ", steps.Append(steps[0]));
    }

    /// <summary>A depth-first walk, on a stack of its own because chains of services may be long.</summary>
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
