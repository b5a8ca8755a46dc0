using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Launching;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Gateway.Answers;
using Audrey.Gateway.Authentication;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Documents;
using Audrey.Gateway.Problems;
using Audrey.Gateway.Requests;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Orleans;

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>Registers a whole deployable for a conductor. It uses the same launch as the client library.</summary>
internal sealed class RegistrationEndpoints(IGrainFactory grains, GrainCalls calls, IOptions<DocumentLimits> limits, TimeProvider time)
    : IEndpointGroup
{
    private const int MaxConcurrentChunks = 4;

    private readonly DocumentLimits _limits = limits.Value;
    private readonly DeployableLaunch _launch = new(grains, new LaunchCalls(calls), MaxConcurrentChunks);

    public void Map(IEndpointRouteBuilder routes) => routes.MapConductors()
        .MapPut(Version3Routes.Deployable, Register).LimitBody(_limits.MaxDocumentBytes)
        .Describe("register-deployable", "Registers a whole deployable; nothing of one that has a fault");

    private async Task<Answer<DeployableAnswer>> Register(
        string deployable, ConductorRequest conductor, RequestBody<DeployableRequest> body)
    {
        if (!DeployableId.TryParse(deployable, out var id, out var problem))
            return ProblemFactory.BadRequest(new Fault("deployable", problem));
        var reader = new DeployableRequestReader(id, _limits);
        var instances = reader.Read(body.Value);
        if (reader.Errors.Count > 0) return ProblemFactory.BadRequest(reader.Errors);

        // The launch is not cancelled when the client disconnects. If the client repeats the request, it finds the launch finished.
        var command = ConductorCommand.New(conductor.Key, time);
        var result = await _launch.Run(command, instances, reader.Deadline, progress: null, CancellationToken.None);
        return ProblemWith(id, result) is { } refusal
            ? refusal
            : new DeployableAnswer { Instances = instances.Count, Warnings = reader.Warnings };
    }

    private static Problem? ProblemWith(DeployableId id, LaunchResult result)
    {
        var refused = result.Refusals.Where(refusal => refusal.Answer.Outcome == ConductorOutcome.SourcesRefused).ToList();
        if (refused.Count > 0)
        {
            return ProblemFactory.BadRequest([
                .. from refusal in refused
                   from problem in refusal.Answer.Problems
                   select new Fault($"/instances/{refusal.Index}", problem)]);
        }

        ImmutableArray<string> problems = result.Outcome switch
        {
            ConductorOutcome.LaunchDiffers =>
                [$"deployable {id} is registered already, with other instances or in another way: delete it first"],
            ConductorOutcome.NotYours => [$"deployable {id}, or an instance, belongs to another conductor"],
            ConductorOutcome.BeingDeleted => [$"deployable {id} is being deleted"],
            ConductorOutcome.LaunchEnded => [$"deployable {id} was deleted while it was registered"],
            _ => [.. result.Refusals.SelectMany(refusal => refusal.Answer.Problems)],
        };
        return ConductorProblems.Find(result.Outcome, problems);
    }
}
