using Audrey.Core.Ids;

namespace Audrey.Client.Registration;

/// <summary>A service of an instance, as a node of who waits for whose end.</summary>
internal readonly record struct ServiceNode(InstanceId Instance, string Service);

/// <summary>
/// Finds services that wait for one another's end, and so never start. Provided parameters make no cycles: a guest gives them
/// before its services run.
/// </summary>
internal static class ServiceCycles
{
    /// <summary>Cycles, each as its services in order, the first not repeated. Every service that is in a deadlock is on, or leads to, one of them.</summary>
    /// <param name="waits">For each service those whose end it waits for.</param>
    public static IReadOnlyList<IReadOnlyList<ServiceNode>> Find(IReadOnlyDictionary<ServiceNode, List<ServiceNode>> waits)
    {
        var cycles = new List<IReadOnlyList<ServiceNode>>();
        var finished = new HashSet<ServiceNode>();
        foreach (var root in waits.Keys)
        {
            Walk(root, waits, finished, cycles);
        }

        return cycles;
    }

    /// <summary>A depth-first walk, on a stack of its own because chains of services may be long.</summary>
    private static void Walk(
        ServiceNode root,
        IReadOnlyDictionary<ServiceNode, List<ServiceNode>> waits,
        HashSet<ServiceNode> finished,
        List<IReadOnlyList<ServiceNode>> cycles)
    {
        if (finished.Contains(root)) return;
        var path = new List<(ServiceNode Node, int Next)> { (root, 0) };
        var depth = new Dictionary<ServiceNode, int> { [root] = 0 };
        var reported = new HashSet<ServiceNode>();
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
                if (reported.Add(end)) cycles.Add([.. path.Skip(from).Select(step => step.Node)]);
            }
            else if (!finished.Contains(end))
            {
                depth.Add(end, path.Count);
                path.Add((end, 0));
            }
        }
    }
}
