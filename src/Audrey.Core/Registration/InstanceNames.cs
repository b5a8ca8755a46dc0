using Audrey.Core.Graphs;
using Audrey.Core.Ids;

namespace Audrey.Core.Registration;

/// <summary>Names instances for people: by name where that tells them apart, else by name and UUID.</summary>
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

    /// <summary>The instance's name; its UUID when it is not among those known.</summary>
    public string Of(InstanceId id)
    {
        if (!_names.TryGetValue(id, out var name)) return id.Value;
        return _ambiguous.Contains(name) ? $"{name} ({id.Value})" : name;
    }

    /// <summary>A service, as <c>web[http]</c>.</summary>
    public string Of(ServiceNode node) => $"{Of(node.Instance)}[{node.Service}]";

    /// <summary>A cycle, as <c>web[http] -> db[mysql] -> web[http]</c>.</summary>
    public string Of(IReadOnlyList<ServiceNode> cycle) => ServiceCycles.Describe(cycle, Of);
}
