using Audrey.Abstractions;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Gateway.Responses;
using Audrey.Protocol.Versions;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Endpoints.Versions0To2;

/// <summary><c>/deployment</c>: the deletion of a deployable with its instances and their credentials.</summary>
internal sealed class DeploymentEndpoints(IGrainFactory grains, CommandResponses responses, IOptions<DocumentLimits> limits)
    : IEndpointGroup
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapDelete(Routes.Deployment, Delete).RequireCaller(Caller.SigningConductor, limits.Value.MaxGuestBodyBytes);

    private async Task Delete(string deployable, ConductorRequest conductor, HttpContext http)
    {
        if (!DeployableId.TryParse(deployable, out var id, out _))
        {
            await ResponseWriter.NotFound(http);
            return;
        }

        var grain = grains.GetGrain<IDeployableGrain>(GrainKeys.Of(id));
        await responses.Run(http, conductor, "delete-deployable", new(deployable), () => grain.Delete(conductor.Command));
    }
}
