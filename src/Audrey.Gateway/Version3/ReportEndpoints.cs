using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Audrey.Gateway.Endpoints;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Audrey.Gateway.Version3;

/// <summary>How one instance stands, for its conductor.</summary>
internal sealed class ReportEndpoints(Version3ConductorGate conductors, InstanceReports reports) : IEndpointGroup
{
    /// <summary>Providers that are asked about; of others is told what the instance itself knows.</summary>
    private const int MaxProviders = 64;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(Version3Routes.Report, Get).Describes<InstanceStatus>("report", "How an instance stands, for its conductor");

    private async Task Get(string uuid, HttpContext http)
    {
        if (await conductors.Enter(http) is not { } command) return;
        if (await reports.Find(uuid, command.Conductor) is not { } report)
        {
            await Problems.NotFound(http, "There is no such instance of this conductor.");
            return;
        }

        var providers = new Dictionary<InstanceId, InstanceReport>();
        foreach (var provider in report.GetProviders().Take(MaxProviders))
            if (await reports.Find(provider.Value, command.Conductor) is { } found) providers.Add(provider, found);
        await JsonBody.Write(http, report.ToStatus(providers), StatusJson.Default.InstanceStatus);
    }
}
