using Audrey.Core.Graphs;
using Audrey.Core.Ids;

namespace Audrey.Core.Registration;

/// <summary>Formats the names of instances for human readers. A unique name is shown alone. Any other name is shown with the id.</summary>
public sealed class InstanceNames
{
    private readonly Dictionary<InstanceId, string> _names = [];
    private readonly HashSet<string> _ambiguous = new(StringComparer.Ordinal);

    public InstanceNames(IEnumerable<(InstanceId Id, string Name)> instances)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (id, name) in instances)
        {
            if (_names.TryAdd(id, name) && !seen.Add(name)) _ambiguous.Add(name);
        }
    }

    /// <summary>Returns the name of an instance, or its id if the instance is unknown.</summary>
    public string Format(InstanceId id)
    {
        if (!_names.TryGetValue(id, out var name)) return id.Value;
        return _ambiguous.Contains(name) ? $"{name} ({id.Value})" : name;
    }

    /// <summary>Formats a service, such as <c>web[http]</c>.</summary>
    public string Format(ServiceNode node) => $"{Format(node.Instance)}[{node.Service}]";

    /// <summary>Formats a cycle, such as <c>web[http] -> db[mysql] -> web[http]</c>.</summary>
    public string Format(IReadOnlyList<ServiceNode> cycle) => ServiceCycles.Describe(cycle, Format);
}
