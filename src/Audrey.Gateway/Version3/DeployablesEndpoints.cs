using System.ComponentModel;
using System.Globalization;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Endpoints;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Orleans;

namespace Audrey.Gateway.Version3;

/// <summary>A conductor's deployables: which there are, how they stand, deleting them.</summary>
internal sealed class DeployablesEndpoints(Version3ConductorGate conductors, IGrainFactory grains, GrainCalls calls) : IEndpointGroup
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Version3Routes.Deployables, List).Describes<DeployableList>("deployables", "The conductor's deployables, page by page");
        routes.MapGet(Version3Routes.Deployable, Get).Describes<DeployableStatus>("deployable", "How a deployable stands, with the reason for every wait");
        routes.MapDelete(Version3Routes.Deployable, Delete).DescribesCommand("delete-deployable", "Deletes a deployable, its instances and their credentials");
    }

    private async Task List([FromQuery, Description("What the page before gave as 'next'.")] string? after, HttpContext http)
    {
        if (await conductors.Enter(http) is not { } command) return;
        var page = 0;
        if (after is not null && !int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out page))
        {
            await Problems.BadRequest(http, [new(Version3Routes.After, "must be what the page before gave as 'next'")]);
            return;
        }

        var grain = grains.GetGrain<IConductorGrain>(GrainKeys.Of(command.Conductor));
        var answer = await calls.Run((grain, page), static on => on.grain.List(on.page));
        var next = page + 1 < answer.Pages ? (page + 1).ToString(CultureInfo.InvariantCulture) : null;
        await JsonBody.Write(http, new DeployableList { Deployables = [.. answer.Deployables.Select(id => id.Value)], Next = next }, Version3Json.Default.DeployableList);
    }

    private async Task Get(string deployable, HttpContext http)
    {
        if (await conductors.Enter(http) is not { } command) return;
        if (!DeployableId.TryParse(deployable, out var id, out _) || await Find(id, command.Conductor) is not { } status)
        {
            await Problems.NotFound(http, "There is no such deployable of this conductor.");
            return;
        }

        await JsonBody.Write(http, status, StatusJson.Default.DeployableStatus);
    }

    private async Task Delete(string deployable, HttpContext http)
    {
        if (await conductors.Enter(http) is not { } command) return;
        if (!DeployableId.TryParse(deployable, out var id, out _))
        {
            await Problems.NotFound(http, "There is no such deployable of this conductor.");
            return;
        }

        var grain = grains.GetGrain<IDeployableGrain>(GrainKeys.Of(id));
        await conductors.Write(http, await calls.Command((grain, command), static on => on.grain.Delete(on.command)));
    }

    private async ValueTask<DeployableStatus?> Find(DeployableId id, ConductorKey conductor)
    {
        var grain = grains.GetGrain<IDeployableGrain>(GrainKeys.Of(id));
        var header = await calls.Run(grain, static grain => grain.GetHeader());
        if (header is null || header.Conductor != conductor) return null;
        var reports = new List<InstanceReport>();
        for (var page = 0; page < header.Pages; page++)
            reports.AddRange(await calls.Run((grain, page), static on => on.grain.GetReports(on.page)));
        return header.ToStatus(reports);
    }
}
