using System.ComponentModel;
using System.Globalization;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;
using Audrey.Gateway.Answers;
using Audrey.Gateway.Authentication;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Documents;
using Audrey.Gateway.Problems;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Orleans;

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>A conductor's deployables: their list, their status, and their deletion.</summary>
internal sealed class DeployablesEndpoints(DeployableReports reports, IGrainFactory grains, GrainCalls calls) : IEndpointGroup
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var conductors = routes.MapConductors();
        conductors.MapGet(Version3Routes.Deployables, List).Describe("deployables", "The conductor's deployables, page by page");
        conductors.MapGet(Version3Routes.Deployable, Get).Describe("deployable", "How a deployable stands, with the reason for every wait");
        conductors.MapDelete(Version3Routes.Deployable, Delete)
            .Describe("delete-deployable", "Deletes a deployable, its instances and their credentials");
    }

    private async Task<Answer<DeployableList>> List(
        [FromQuery, Description("What the page before gave as 'next'.")] string? after,
        ConductorRequest conductor,
        CancellationToken cancellation)
    {
        var page = 0;
        if (after is not null && !int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out page))
            return ProblemFactory.BadRequest(new Fault(Version3Routes.After, "must be what the page before gave as 'next'"));
        var grain = grains.GetGrain<IConductorGrain>(GrainKeys.Of(conductor.Key));
        var answer = await calls.Read(() => grain.List(page), cancellation);
        return new DeployableList
        {
            Deployables = [.. answer.Deployables.Select(id => id.Value)],
            Next = page + 1 < answer.Pages ? (page + 1).ToString(CultureInfo.InvariantCulture) : null,
        };
    }

    private async Task<Answer<DeployableStatus>> Get(string deployable, ConductorRequest conductor, CancellationToken cancellation) =>
        await reports.Find(deployable, conductor.Key, cancellation) is var (header, instances)
            ? header.ToStatus(instances)
            : ConductorProblems.NoDeployable;

    private async Task<CommandResult> Delete(string deployable, ConductorRequest conductor)
    {
        if (!DeployableId.TryParse(deployable, out var id, out _)) return ConductorProblems.NoDeployable;
        var grain = grains.GetGrain<IDeployableGrain>(GrainKeys.Of(id));
        return ConductorProblems.Find(await calls.Command(() => grain.Delete(conductor.Command)));
    }
}
