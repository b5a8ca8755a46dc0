using Audrey.Core.Facts;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Core.Statuses;

/// <summary>Computes statuses from the reports of deployables and instances. No other class computes them.</summary>
public static class StatusReports
{
    /// <summary>Computes the status of a deployable. The instances are in the order of their reports.</summary>
    public static DeployableStatus ToStatus(this DeployableHeader header, IEnumerable<InstanceReport> reports) =>
        DeployableStatus.From(header, reports);

    /// <summary>Returns the description of a deployable as conductors see it.</summary>
    public static DeployableSummary ToSummary(this DeployableHeader header) => DeployableSummary.From(header);

    /// <summary>Returns the summary of a deployable.</summary>
    /// <param name="header">The deployable.</param>
    /// <param name="counted">The counts of its instances.</param>
    /// <param name="important">The statuses of the instances that <see cref="CountedInstances.Important"/> names.</param>
    public static DeployableSummary ToSummary(
        this DeployableHeader header, CountedInstances counted, IEnumerable<InstanceStatus> important) =>
        DeployableSummary.From(header, counted, important);

    /// <summary>Returns an overview of a deployable: its status with only the instances that matter most.</summary>
    public static DeployableStatus ToOverview(this DeployableSummary summary) => DeployableStatus.From(summary);

    /// <summary>Computes the status of a deployable from its summary and all its instances, which were read in pages.</summary>
    public static DeployableStatus ToStatus(this DeployableSummary summary, IReadOnlyCollection<InstanceStatus> instances)
    {
        ArgumentNullException.ThrowIfNull(instances);
        var known = instances.DistinctBy(instance => instance.Id).ToDictionary(instance => instance.Id);
        return DeployableStatus.From(summary, known.Values.Select(instance => instance.WithProviders(known)));
    }

    /// <summary>Returns the facts about an instance's machine as conductors see them.</summary>
    public static FactsStatus ToStatus(this KeptFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return FactsStatus.From(facts);
    }

    /// <summary>Computes the status of an instance.</summary>
    /// <param name="report">The instance's report.</param>
    /// <param name="providers">The known providers, in any deployable. An instance of another deployable provides nothing to this
    /// deployable. Such an instance therefore counts as not registered, and no data about it is shown.</param>
    /// <param name="deployable">The deployable, for the deadline of its launch. Null if it was not read.</param>
    public static InstanceStatus ToStatus(
        this InstanceReport report, IReadOnlyDictionary<InstanceId, InstanceReport> providers, DeployableHeader? deployable = null) =>
        InstanceStatus.From(report, providers, deployable);

    /// <summary>
    /// Returns the providers that an instance waits for, or whose failed services hold its services back, without duplicates.
    /// </summary>
    public static IReadOnlyCollection<InstanceId> GetProviders(this InstanceReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return
        [
            .. report.Services.SelectMany(service => service.Unresolved)
                .Select(missing => missing.Provider)
                .OfType<InstanceId>()
                .Concat(report.Services.SelectMany(service => service.HeldBy).Select(end => end.Provider))
                .Distinct(),
        ];
    }
}
