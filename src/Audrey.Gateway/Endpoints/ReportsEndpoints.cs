using Audrey.Abstractions;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Audrey.Gateway.Authentication;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Requests;
using Audrey.Protocol.Versions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;

namespace Audrey.Gateway.Endpoints;

/// <summary><c>/reports</c>: how a conductor's deployables and instances stand, as XML.</summary>
internal sealed class ReportsEndpoints(
    ConductorGate conductors, InstanceReports reports, IGrainFactory grains, GrainCalls calls) : IEndpointGroup
{
    /// <summary>These reports say nothing about an instance's providers, so none is asked.</summary>
    private static readonly Dictionary<InstanceId, InstanceReport> Unasked = [];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Routes.InstanceReport, ["GET", "HEAD"], (RequestDelegate)Instance);
        routes.MapMethods(Routes.DeploymentReport, ["GET", "HEAD"], (RequestDelegate)Deployment);
    }

    private async Task Instance(HttpContext http)
    {
        if (!PathValues.TryRead(http, "uuid", out _, out var uuid))
            await Answers.NotFound(http);
        else if (await conductors.Enter(http, default) is not { } command)
            await Answers.NotAuthorized(http);
        else if (await reports.Find(uuid, command.Conductor) is { } report)
            await Answers.Write(http, StatusCodes.Status200OK, Answers.Xml, ReportXml.Render(report.ToStatus(Unasked)));
        else
            await Answers.NotFound(http);
    }

    private async Task Deployment(HttpContext http)
    {
        if (!PathValues.TryRead(http, "deployable", out _, out var deployable))
            await Answers.NotFound(http);
        else if (await conductors.Enter(http, default) is not { } command)
            await Answers.NotAuthorized(http);
        else if (DeployableId.TryParse(deployable, out var id, out _) && await Find(id, command.Conductor) is { } status)
            await Answers.Write(http, StatusCodes.Status200OK, Answers.Xml, ReportXml.Render(status));
        else
            await Answers.NotFound(http);
    }

    private async ValueTask<DeployableStatus?> Find(DeployableId id, ConductorKey conductor)
    {
        var grain = grains.GetGrain<IDeployableGrain>(GrainKeys.Of(id));
        var header = await calls.Run(grain, static grain => grain.GetHeader());
        if (header is null || header.Conductor != conductor) return null;

        var instances = new List<InstanceReport>();
        for (var page = 0; page < header.Pages; page++)
            instances.AddRange(await calls.Run((grain, page), static on => on.grain.GetReports(on.page)));
        return header.ToStatus(instances);
    }
}
