using Audrey.Core.Documents;
using Audrey.Core.Graphs;
using Audrey.Core.Registration;

namespace Audrey.Core.Statuses;

/// <summary>Finds services of a deployable that wait for each other to end.</summary>
internal static class Deadlocks
{
    /// <summary>
    /// Returns each cycle as <c>web[http] -> db[mysql] -> web[http]</c>. A service that can use the end of another group member's service
    /// instead is not on a cycle.
    /// </summary>
    public static IEnumerable<string> Of(IReadOnlyCollection<InstanceStatus> instances)
    {
        var ends =
            from instance in instances
            from service in instance.Services
            from wait in service.Waits
            where wait.Kind == ReferenceKind.ServiceEnd && !wait.HasAlternatives && wait.Provider is not null
            orderby wait.Since
            group new ServiceNode(wait.Provider!.Id, wait.Name) by new ServiceNode(instance.Id, service.Name);
        var names = InstanceSearch.NamesOf(instances);
        return ServiceCycles.Find(ends.ToDictionary(waits => waits.Key, waits => waits.ToList())).Select(names.Format);
    }
}
