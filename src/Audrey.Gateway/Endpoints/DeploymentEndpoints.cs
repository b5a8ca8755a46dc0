using Audrey.Abstractions;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Gateway.Authentication;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Requests;
using Audrey.Protocol.Versions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Orleans;

namespace Audrey.Gateway.Endpoints;

/// <summary><c>/deployment</c>: deleting a deployable with all its instances and their credentials.</summary>
internal sealed class DeploymentEndpoints(
    ConductorGate conductors, IGrainFactory grains, GrainCalls calls, ConductorAnswers answers, IOptions<DocumentLimits> limits) : IEndpointGroup
{
    private readonly int _maxBody = limits.Value.MaxGuestBodyBytes;

    public void Map(IEndpointRouteBuilder routes) => routes.MapDelete(Routes.Deployment, (RequestDelegate)Delete);

    private async Task Delete(HttpContext http)
    {
        if (!PathValues.TryRead(http, "deployable", out _, out var deployable))
        {
            await Answers.NotFound(http);
            return;
        }

        var form = await FormBody.ReadForm(http, _maxBody);
        if (await conductors.Enter(http, form) is not { } command)
        {
            await Answers.NotAuthorized(http);
            return;
        }

        if (!DeployableId.TryParse(deployable, out var id, out _))
        {
            await Answers.NotFound(http);
            return;
        }

        var grain = grains.GetGrain<IDeployableGrain>(GrainKeys.Of(id));
        await answers.Write(http, await calls.Command((grain, command), static on => on.grain.Delete(on.command)));
    }
}
