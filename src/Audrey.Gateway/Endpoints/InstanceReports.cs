using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;

namespace Audrey.Gateway.Endpoints;

/// <summary>Reads the reports of instances for a conductor.</summary>
internal sealed class InstanceReports(IGrainFactory grains, GrainCalls calls)
{
    /// <summary>
    /// The maximum number of providers that are asked for their reports because they are not among the instances. For further providers,
    /// the status contains only the data that the instance itself has.
    /// </summary>
    private const int MaxProviders = 64;

    /// <summary>Returns the report of an instance, or null if this conductor has no such instance.</summary>
    public async ValueTask<InstanceReport?> Find(string uuid, ConductorKey conductor, CancellationToken cancellation)
    {
        if (!InstanceId.TryParse(uuid, out var id, out _)) return null;
        var grain = grains.GetGrain<IInstanceGrain>(GrainKeys.Of(id));
        var report = await calls.Read(() => grain.GetReport(cancellation).AsTask(), cancellation);
        return report?.Conductor == conductor ? report : null;
    }

    /// <summary>Returns the statuses of some instances of a deployable. Leaves out those that it does not have any more.</summary>
    public async Task<IEnumerable<InstanceStatus>> Statuses(
        IEnumerable<InstanceId> ids, DeployableHeader deployable, CancellationToken cancellation)
    {
        var found = await Task.WhenAll(ids.Select(id => Find(id.Value, deployable.Conductor, cancellation).AsTask()));
        var reports = found.OfType<InstanceReport>().Where(report => report.Deployable == deployable.Id);
        return await Statuses([.. reports], deployable, cancellation);
    }

    /// <summary>Returns the statuses of instances of a deployable, with the data of their providers.</summary>
    public async Task<IEnumerable<InstanceStatus>> Statuses(
        IReadOnlyCollection<InstanceReport> found, DeployableHeader deployable, CancellationToken cancellation)
    {
        var providers = found.ToDictionary(report => report.Id);
        var elsewhere = found.SelectMany(report => report.GetProviders()).Distinct().Where(id => !providers.ContainsKey(id));
        var others = await Task.WhenAll(
            elsewhere.Take(MaxProviders).Select(id => Find(id.Value, deployable.Conductor, cancellation).AsTask()));
        foreach (var other in others.OfType<InstanceReport>()) providers.Add(other.Id, other);
        return found.Select(report => report.ToStatus(providers, deployable));
    }
}
