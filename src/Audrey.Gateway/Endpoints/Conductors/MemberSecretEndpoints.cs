using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Launching;
using Audrey.Core.Ids;
using Audrey.Gateway.Documents;

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>Rotates the secret of an instance for its conductor.</summary>
internal sealed class MemberSecretEndpoints(IGrainFactory grains, GrainCalls calls) : ConductorEndpoints
{
    private readonly InstanceReplacement _rotation = new(grains, new LaunchCalls(calls));

    protected override void Map(RouteGroupBuilder conductors) => conductors
        .MapPost(Version3Routes.MemberSecret, Rotate).LimitBody(MaxCommandBytes)
        .Describe("rotate-instance", "Gives an instance a new secret; its values and statuses stay");

    private async Task<Answer<CurrentSecret>> Rotate(
        string deployable, string uuid, ConductorRequest conductor, IdempotencyKey mark, RequestBody<SecretRotationRequest> body)
    {
        if (!OverlapReader.TryRead(body.Value.OverlapSeconds, SecretOverlap.Default, out var overlap, out var wrong)) return wrong;
        conductor.AuditDetail = OverlapReader.Describe(overlap);
        if (!DeployableId.TryParse(deployable, out var id, out _) || !InstanceId.TryParse(uuid, out var instance, out _))
            return ConductorProblems.NoInstance;
        var command = new ConductorCommand(conductor.Key, mark.Mark);
        var answer = await _rotation.Rotate(command, instance, id, overlap, CancellationToken.None);
        return ConductorProblems.Find(answer.Outcome, answer.Problems) is { } problem
            ? problem
            : new CurrentSecret { Id = uuid, Secret = answer.Secret!, PreviousUntil = answer.PreviousUntil?.ToUniversalTime() };
    }
}
