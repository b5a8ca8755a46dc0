using Audrey.Abstractions.Launching;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Secrets;
using Audrey.Gateway.Documents;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>Replaces an instance for its conductor after the guest was lost.</summary>
internal sealed class ReplaceEndpoints(IGrainFactory grains, GrainCalls calls, IOptions<DocumentLimits> limits) : ConductorEndpoints
{
    private const int MaxBytes = 1024 * 1024;
    private const int MaxRenewBytes = 64 * 1024;

    private readonly InstanceReplacement _replacement = new(grains, new LaunchCalls(calls));
    private readonly int _maxLength = limits.Value.MaxValueBytes;

    protected override void Map(RouteGroupBuilder conductors)
    {
        conductors.MapPut(Version3Routes.Member, Replace).LimitBody(MaxBytes)
            .Describe("replace-instance", "Replaces an instance with a new one that has the same UUID and the given secret");
        conductors.MapPost(Version3Routes.Replacement, Renew).LimitBody(MaxRenewBytes)
            .Describe("renew-instance", "Replaces an instance with a new one that has the same UUID and a secret that the server creates");
    }

    private async Task<CommandResult> Replace(
        string deployable, string uuid, ConductorRequest conductor, RequestBody<ReplaceRequest> body)
    {
        var errors = new RequestErrors();
        var secret = body.Value.Secret ?? "";
        if (secret.Length == 0)
            errors.Add("/secret", "is missing; give the secret of the new guest, which must differ from the old guest's secret");
        if (secret.Length > _maxLength) errors.Add("/secret", $"is too long; at most {_maxLength} characters are allowed");
        var deadline = DurationReader.ReadDeadline(body.Value.DeadlineSeconds, errors);
        if (errors.All.Count > 0) return ProblemFactory.BadRequest(errors.All);

        if (!DeployableId.TryParse(deployable, out var id, out _) || !InstanceId.TryParse(uuid, out var instance, out _))
            return ConductorProblems.NoInstance;
        return ConductorProblems.Find(await _replacement.Run(conductor.Command, instance, id, secret, deadline, CancellationToken.None));
    }

    private async Task<Answer<ReplacedInstance>> Renew(
        string deployable, string uuid, ConductorRequest conductor, IdempotencyKey mark, OptionalBody<RenewRequest> body)
    {
        var errors = new RequestErrors();
        var deadline = DurationReader.ReadDeadline(body.Value?.DeadlineSeconds, errors);
        if (errors.All.Count > 0) return ProblemFactory.BadRequest(errors.All);
        if (!DeployableId.TryParse(deployable, out var id, out _) || !InstanceId.TryParse(uuid, out var instance, out _))
            return ConductorProblems.NoInstance;
        var renewed = await _replacement.Renew(
            conductor.Key, mark.Mark, instance, id, NewSecret.Create(), deadline, CancellationToken.None);
        return ConductorProblems.Find(renewed.Answer) is { } problem
            ? problem
            : new ReplacedInstance { Id = instance.Value, Secret = renewed.Secret! };
    }
}
