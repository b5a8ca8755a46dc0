using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Launching;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Endpoints;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Orleans;

namespace Audrey.Gateway.Version3;

/// <summary>A conductor's registering a whole deployable: by the launch that the client library makes.</summary>
internal sealed class RegistrationEndpoints(
    Version3ConductorGate conductors, IGrainFactory grains, GrainCalls calls, IOptions<DocumentLimits> limits, TimeProvider time) : IEndpointGroup
{
    private const int ChunksAtOnce = 4;

    private readonly DocumentLimits _limits = limits.Value;
    private readonly DeployableLaunch _launch = new(grains, new LaunchCalls(calls), ChunksAtOnce);

    public void Map(IEndpointRouteBuilder routes) => routes.MapPut(Version3Routes.Deployable, Register)
        .Takes<DeployableRequest>().Describes<DeployableAnswer>("register-deployable", "Registers a whole deployable; nothing of one that has a fault");

    private async Task Register(string deployable, HttpContext http)
    {
        if (await conductors.Enter(http) is not { } command) return;
        if (await JsonBody.Read(http, Version3Json.Default.DeployableRequest, _limits.MaxDocumentBytes) is not { } request) return;
        if (!DeployableId.TryParse(deployable, out var id, out var problem))
        {
            await Problems.BadRequest(http, [new("deployable", problem)]);
            return;
        }

        var reader = new DeployableReader(id, _limits);
        var instances = reader.Read(request);
        if (reader.Faults.Count > 0)
        {
            await Problems.BadRequest(http, reader.Faults);
            return;
        }

        // Not ended with the connection: what was begun is better finished, and the same request again finds it so.
        var result = await _launch.Run(ConductorCommand.New(command.Conductor, time), instances, reader.Deadline, progress: null, CancellationToken.None);
        if (result.Outcome == ConductorOutcome.Done)
            await JsonBody.Write(http, new DeployableAnswer { Instances = instances.Count, Warnings = reader.Warnings }, Version3Json.Default.DeployableAnswer);
        else await Refuse(http, id, result);
    }

    private Task Refuse(HttpContext http, DeployableId id, LaunchResult result)
    {
        var refused = result.Refusals.Where(refusal => refusal.Answer.Outcome == ConductorOutcome.SourcesRefused).ToList();
        if (refused.Count > 0)
        {
            return Problems.BadRequest(
                http, [.. from refusal in refused from problem in refusal.Answer.Problems select new Fault($"/instances/{refusal.Index}", problem)]);
        }

        ImmutableArray<string> problems = result.Outcome switch
        {
            ConductorOutcome.LaunchDiffers => [$"deployable {id} is registered already, with other instances or in another way: delete it first"],
            ConductorOutcome.NotYours => [$"deployable {id}, or an instance, belongs to another conductor"],
            ConductorOutcome.BeingDeleted => [$"deployable {id} is being deleted"],
            ConductorOutcome.LaunchEnded => [$"deployable {id} was deleted while it was registered"],
            _ => [.. result.Refusals.SelectMany(refusal => refusal.Answer.Problems)],
        };
        return conductors.Write(http, new ConductorAnswer(result.Outcome, problems));
    }

    private sealed class LaunchCalls(GrainCalls calls) : ILaunchCalls
    {
        /// <summary>What passes by itself is told at once: whoever asked comes again.</summary>
        public Task<T> Run<T>(string what, Func<Task<T>> call, Func<T, bool>? isPassing, CancellationToken cancellationToken) =>
            calls.Command(call, static call => call()).AsTask();
    }
}
