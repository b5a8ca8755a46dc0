using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Core.Statuses;

/// <summary>Computes statuses from the reports of deployables and instances. No other class computes them.</summary>
public static class StatusReports
{
    /// <summary>Computes the status of a deployable. Its instances keep the order of their reports.</summary>
    public static DeployableStatus ToStatus(this DeployableHeader header, IEnumerable<InstanceReport> reports) =>
        DeployableStatus.From(header, reports);

    /// <summary>Computes the status of an instance.</summary>
    /// <param name="report">The instance's report.</param>
    /// <param name="providers">
    /// The known providers, in any deployable. An instance of another deployable provides nothing to this deployable. It therefore counts
    /// as not registered, and nothing about it is shown.
    /// </param>
    public static InstanceStatus ToStatus(this InstanceReport report, IReadOnlyDictionary<InstanceId, InstanceReport> providers) =>
        InstanceStatus.From(report, providers);

    /// <summary>Returns the providers that an instance waits for, each once.</summary>
    public static IReadOnlyCollection<InstanceId> GetProviders(this InstanceReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return [.. report.Services.SelectMany(service => service.Unresolved).Select(missing => missing.Reference.Provider).Distinct()];
    }
}
