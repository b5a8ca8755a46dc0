using Audrey.Core.Documents;
using Audrey.Core.Graphs;
using Audrey.Core.Instances;
using Audrey.Core.Registration;

namespace Audrey.Core.Statuses;

/// <summary>Finds services that wait for one another's end, in what the instances of a deployable report.</summary>
public static class Deadlocks
{
    /// <summary>Each ring as <c>web[http] -> db[mysql] -> web[http]</c>. Who would do with the end of another one is on none.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyCollection<InstanceReport> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        var ends =
            from report in reports
            from service in report.Services
            from wait in service.Unresolved
            where wait.Reference.Kind == ReferenceKind.ServiceEnd && !wait.HasAlternatives
            orderby wait.Since
            group new ServiceNode(wait.Reference.Provider, wait.Reference.Name) by new ServiceNode(report.Id, service.Name);
        var names = new InstanceNames(reports.Select(report => (report.Id, report.Name)));
        return [.. ServiceCycles.Find(ends.ToDictionary(waits => waits.Key, waits => waits.ToList())).Select(names.Format)];
    }
}
