using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Launching;
using Audrey.Core.Ids;

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>Runs failed services of an instance again for its conductor.</summary>
internal sealed class RetryEndpoints(IGrainFactory grains, GrainCalls calls) : ConductorEndpoints
{
    private readonly ServiceRetries _retries = new(grains, new LaunchCalls(calls));

    protected override void Map(RouteGroupBuilder conductors) => conductors
        .MapPost(Version3Routes.Retry, Retry).LimitBody(MaxCommandBytes)
        .Describe("retry-services", "Runs a failed service of an instance again, or all its failed services");

    private async Task<Answer<RetriedServices>> Retry(
        string deployable, string uuid, ConductorRequest conductor, IdempotencyKey mark, OptionalBody<RetryRequest> body)
    {
        var service = body.Value?.Service;
        conductor.AuditDetail = service is null ? "all failed services" : $"service {service}";
        if (!DeployableId.TryParse(deployable, out var id, out _) || !InstanceId.TryParse(uuid, out var instance, out _))
            return ConductorProblems.NoInstance;
        var command = new ConductorCommand(conductor.Key, mark.Mark);
        var answer = await _retries.Run(command, instance, id, service, CancellationToken.None);
        return ConductorProblems.Find(answer.Outcome, answer.Problems) is { } problem
            ? problem
            : new RetriedServices
            {
                Id = uuid,
                Services =
                [
                    .. answer.Retries.Select(retry => new RetriedService(retry.Service, retry.Run)
                    {
                        WaitsFor = answer.Waits.FirstOrDefault(waits => waits.Service == retry.Service)?.Reasons,
                    }),
                ],
                Listening = answer.IsListening,
                LastContact = answer.LastContact?.ToUniversalTime(),
            };
    }
}
