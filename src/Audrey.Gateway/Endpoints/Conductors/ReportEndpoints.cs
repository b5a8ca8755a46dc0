using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Audrey.Gateway.Documents;

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>Serves the status of one instance to its conductor.</summary>
internal sealed class ReportEndpoints(InstanceReports reports, DeployableReports deployables) : ConductorEndpoints
{
    /// <summary>
    /// The maximum number of providers whose grains are called. For further providers, the status contains only the data in the instance's
    /// own grain.
    /// </summary>
    private const int MaxProviders = 64;

    protected override void Map(RouteGroupBuilder conductors) =>
        conductors.MapGet(Version3Routes.Report, Get).Describe("report", "Returns the status of an instance to its conductor");

    private async Task<Answer<InstanceStatus>> Get(string uuid, ConductorRequest conductor, CancellationToken cancellation)
    {
        if (await reports.Find(uuid, conductor.Key, cancellation) is not { } report)
            return ProblemFactory.NotFound("This conductor has no such instance.");
        var providers = new Dictionary<InstanceId, InstanceReport>();
        foreach (var provider in report.GetProviders().Take(MaxProviders))
        {
            if (await reports.Find(provider.Value, conductor.Key, cancellation) is { } found) providers.Add(provider, found);
        }

        return report.ToStatus(providers, await deployables.FindHeader(report.Deployable.Value, conductor.Key, cancellation));
    }
}
