using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Audrey.Gateway.Answers;
using Audrey.Gateway.Authentication;
using Audrey.Gateway.Documents;
using Audrey.Gateway.Problems;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>Serves the status of one instance to its conductor.</summary>
internal sealed class ReportEndpoints(InstanceReports reports) : IEndpointGroup
{
    /// <summary>
    /// The maximum number of providers that are asked. For further providers, the status contains only the data that the instance itself
    /// has.
    /// </summary>
    private const int MaxProviders = 64;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapConductors().MapGet(Version3Routes.Report, Get).Describe("report", "How an instance stands, for its conductor");

    private async Task<Answer<InstanceStatus>> Get(string uuid, ConductorRequest conductor, CancellationToken cancellation)
    {
        if (await reports.Find(uuid, conductor.Key, cancellation) is not { } report)
            return ProblemFactory.NotFound("This conductor has no such instance.");
        var providers = new Dictionary<InstanceId, InstanceReport>();
        foreach (var provider in report.GetProviders().Take(MaxProviders))
        {
            if (await reports.Find(provider.Value, conductor.Key, cancellation) is { } found) providers.Add(provider, found);
        }

        return report.ToStatus(providers);
    }
}
