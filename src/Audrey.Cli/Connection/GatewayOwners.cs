using Audrey.Client;
using Audrey.Core.Ids;
using Audrey.Protocol.Version3;

namespace Audrey.Cli.Connection;

/// <summary>Hands deployables to other conductors. The servers carry a hand-over out; this class waits for it.</summary>
internal sealed class GatewayOwners(GatewayCalls calls)
{
    /// <summary>Hands a deployable of any conductor to another one. A repeated call continues the hand-over.</summary>
    /// <exception cref="NotFoundException">There is no such deployable.</exception>
    /// <exception cref="RefusedException">
    /// The deployable is being launched, scaled or deleted, or the new owner has no credential.
    /// </exception>
    /// <exception cref="QuotaExceededException">The new owner would exceed a quota.</exception>
    public async Task HandOverAsync(DeployableId id, ConductorKey newOwner, CancellationToken cancellationToken)
    {
        var what = $"handing deployable '{id}' to conductor '{newOwner}'";
        var path = GatewayRequest.PathOf(Version3Routes.Owner, id.Value);
        var begin = new GatewayRequest(HttpMethod.Put, path, what)
            .With(new OwnerRequest { Conductor = newOwner.Value }, Version3Json.Default.OwnerRequest);
        var state = Read(await calls.SendAsync(begin, cancellationToken), begin);
        var progress = new GatewayRequest(HttpMethod.Get, path, what);
        await new GatewayWait(calls).UntilAsync(
            async () =>
            {
                if (state.State == OwnerStates.Finished) return true;
                state = Read(await calls.SendAsync(progress, cancellationToken), progress);
                return state.State == OwnerStates.Finished;
            },
            cancellationToken);
        if (state.Conductor != newOwner.Value)
            throw new AudreyException($"Deployable '{id}' belongs to conductor '{state.Conductor}': it was handed over again.");

        OwnerState Read(GatewayAnswer answer, GatewayRequest request) => answer.Is(ProblemTypes.NotFound)
            ? throw new NotFoundException($"There is no deployable '{id}'.")
            : answer.Require(request).Read(Version3Json.Default.OwnerState);
    }
}
