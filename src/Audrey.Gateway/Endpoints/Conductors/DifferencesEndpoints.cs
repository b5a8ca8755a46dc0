using Audrey.Abstractions.Launching;
using Audrey.Core.Differences;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Gateway.Auditing;
using Audrey.Gateway.Documents;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>Compares a registered deployable with one that its conductor would register in its place.</summary>
internal sealed class DifferencesEndpoints(IGrainFactory grains, GrainCalls calls, IOptions<DocumentLimits> limits) : ConductorEndpoints
{
    private readonly DocumentLimits _limits = limits.Value;

    protected override void Map(RouteGroupBuilder conductors) => conductors
        .MapPost(Version3Routes.Differences, Compare).LimitBody(_limits.MaxDocumentBytes).LeaveOutOfAuditTrail()
        .Describe("differences", "Returns what differs between a registered deployable and the one in the body. Changes nothing");

    private async Task<Answer<DeployableDifferences>> Compare(
        string deployable, ConductorRequest conductor, RequestBody<DeployableRequest> body, CancellationToken cancellation)
    {
        if (!DeployableId.TryParse(deployable, out var id, out _)) return ConductorProblems.NoDeployable;
        var reader = new DeployableRequestReader(id, _limits);
        var instances = reader.Read(body.Value);
        if (reader.Errors.Count > 0) return ProblemFactory.BadRequest(reader.Errors);
        var comparison = new RegisteredComparison(new GrainComparisonSteps(grains, conductor.Key), new LaunchCalls(calls));
        return await comparison.Run(instances, reader.Deadline, cancellation) is { } differences
            ? differences
            : ConductorProblems.NoDeployable;
    }
}
