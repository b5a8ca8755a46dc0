using Audrey.Abstractions.Launching;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Gateway.Answers;
using Audrey.Gateway.Authentication;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Problems;
using Audrey.Gateway.Requests;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Orleans;

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>Replaces an instance for its conductor after the guest was lost.</summary>
internal sealed class ReplaceEndpoints(IGrainFactory grains, GrainCalls calls, IOptions<DocumentLimits> limits) : IEndpointGroup
{
    private const int MaxBytes = 1024 * 1024;

    private readonly InstanceReplacement _replacement = new(grains, new LaunchCalls(calls));
    private readonly int _maxLength = limits.Value.MaxValueBytes;

    public void Map(IEndpointRouteBuilder routes) => routes.MapConductors()
        .MapPut(Version3Routes.Member, Replace).LimitBody(MaxBytes)
        .Describe("replace-instance", "Replaces an instance by a new one of the same UUID, which has this secret");

    private async Task<CommandResult> Replace(
        string deployable, string uuid, ConductorRequest conductor, RequestBody<ReplaceRequest> body)
    {
        if (body.Value.Secret is not { Length: > 0 } secret)
            return Wrong("is missing: the secret of the new guest, which must not be the old guest's");
        if (secret.Length > _maxLength) return Wrong($"is too long; at most {_maxLength} characters are allowed");

        if (!DeployableId.TryParse(deployable, out var id, out _) || !InstanceId.TryParse(uuid, out var instance, out _))
            return ProblemFactory.NotFound("This conductor has no such instance in this deployable.");
        return ConductorProblems.Find(await _replacement.Run(conductor.Command, instance, id, secret, CancellationToken.None));
    }

    private static Problem Wrong(string detail) => ProblemFactory.BadRequest(new Fault("/secret", detail));
}
