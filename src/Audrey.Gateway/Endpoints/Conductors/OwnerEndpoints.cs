using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Credentials;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Ids;
using Audrey.Gateway.Answers;
using Audrey.Gateway.Authentication;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Problems;
using Audrey.Gateway.Requests;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Orleans;

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>
/// Hands deployables of any conductor to another one, for administrators. A request is durable when it is answered, and the cluster carries
/// it out by itself.
/// </summary>
internal sealed class OwnerEndpoints(IGrainFactory grains, GrainCalls calls, ConductorDirectory directory) : IEndpointGroup
{
    private const int MaxBytes = 64 * 1024;
    private const string ConductorPlace = "/conductor";

    private static readonly Problem NoDeployable = ProblemFactory.NotFound("There is no such deployable.");

    public void Map(IEndpointRouteBuilder routes)
    {
        var administrators = routes.MapConductors().RequireAdministrator();
        administrators.MapPut(Version3Routes.Owner, HandOver).LimitBody(MaxBytes)
            .Describe("hand-over-deployable", "Begins to hand a deployable to another conductor. A repeated request has the same result");
        administrators.MapGet(Version3Routes.Owner, Get).Describe("deployable-owner", "Returns the owner of a deployable");
    }

    private async Task<Accepted<OwnerState>> HandOver(string deployable, ConductorRequest conductor, RequestBody<OwnerRequest> body)
    {
        if (body.Value.Conductor is not { } given)
            return ProblemFactory.BadRequest(new ProblemError(ConductorPlace, "is missing; give the key of the new owner"));
        if (!ConductorKey.TryParse(given, out var to, out var problem))
            return ProblemFactory.BadRequest(new ProblemError(ConductorPlace, problem));
        if (!DeployableId.TryParse(deployable, out var id, out _)) return NoDeployable;
        conductor.AuditDetail = $"to {to}";
        if (!await directory.HasCredentials(to))
            return ProblemFactory.BadRequest(new ProblemError(ConductorPlace, HandOverRules.NoConductor(to)));
        var answer = await calls.Command(() => Deployable(id).BeginHandOver(to));
        if (ConductorProblems.Find(answer) is { } refusal) return refusal;
        return await calls.Read(() => Deployable(id).GetOwnership().AsTask(), CancellationToken.None) is { } owner
            ? StateOf(owner)
            : NoDeployable;
    }

    private async Task<Answer<OwnerState>> Get(string deployable, ConductorRequest conductor, CancellationToken cancellation) =>
        DeployableId.TryParse(deployable, out var id, out _)
        && await calls.Read(() => Deployable(id).GetOwnership().AsTask(), cancellation) is { } owner
            ? StateOf(owner)
            : NoDeployable;

    private static OwnerState StateOf(Ownership owner) => new()
    {
        Conductor = owner.Conductor.Value,
        State = owner.IsUnfinished ? OwnerStates.Unfinished : OwnerStates.Finished,
    };

    private IDeployableGrain Deployable(DeployableId id) => grains.GetGrain<IDeployableGrain>(GrainKeys.Of(id));
}
