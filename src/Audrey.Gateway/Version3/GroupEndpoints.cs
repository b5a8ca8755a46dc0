using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Ids;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Endpoints;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;

namespace Audrey.Gateway.Version3;

/// <summary>A conductor's having a group grow or shrink.</summary>
internal sealed class GroupEndpoints(Version3ConductorGate conductors, IGrainFactory grains, GrainCalls calls, TimeProvider time) : IEndpointGroup
{
    private const int MaxBytes = 64 * 1024;

    public void Map(IEndpointRouteBuilder routes) => routes.MapPut(Version3Routes.Group, Scale)
        .Takes<GroupRequest>().Describes<GroupAnswer>("scale-deployable", "Has a group grow or shrink; the same again tells the same");

    private async Task Scale(string deployable, string group, HttpContext http)
    {
        if (await conductors.Enter(http) is not { } command) return;
        if (await JsonBody.Read(http, Version3Json.Default.GroupRequest, MaxBytes) is not { } request) return;
        if (request.Size is not { } size)
        {
            await Problems.BadRequest(http, [new("/size", "is missing: how many instances the group is to have")]);
            return;
        }

        if (!DeployableId.TryParse(deployable, out var id, out _))
        {
            await Problems.NotFound(http, "There is no such deployable of this conductor.");
            return;
        }

        // Recalled: an answer that was lost has secrets that nobody else knows.
        var scale = new ScaleRequest(ConductorCommand.New(command.Conductor, time), group, size, Recall: true);
        var answer = await calls.Command((grain: grains.GetGrain<IDeployableGrain>(GrainKeys.Of(id)), scale), static on => on.grain.Scale(on.scale));
        if (answer.Outcome == ConductorOutcome.Done) await JsonBody.Write(http, Of(scale, answer), Version3Json.Default.GroupAnswer);
        else await conductors.Write(http, new ConductorAnswer(answer.Outcome, answer.Problems));
    }

    private static GroupAnswer Of(ScaleRequest scale, ScaleAnswer answer) => new()
    {
        Group = scale.Assembly,
        Size = scale.Count,
        Added = [.. answer.Added.Select(member => new NewInstance { Id = member.Id.Value, Assembly = scale.Assembly, Ordinal = member.Ordinal, Secret = member.Secret })],
        Removed = [.. answer.Removed.Select(id => id.Value)],
    };
}
