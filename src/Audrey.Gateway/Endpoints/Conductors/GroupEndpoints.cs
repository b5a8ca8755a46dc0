using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
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

/// <summary>Scales a group for its conductor.</summary>
internal sealed class GroupEndpoints(IGrainFactory grains, GrainCalls calls, TimeProvider time) : IEndpointGroup
{
    private const int MaxBytes = 64 * 1024;

    public void Map(IEndpointRouteBuilder routes) => routes.MapConductors()
        .MapPut(Version3Routes.Group, Scale).LimitBody(MaxBytes)
        .Describe("scale-deployable", "Has a group grow or shrink; the same again tells the same");

    private async Task<Answer<GroupAnswer>> Scale(
        string deployable, string group, ConductorRequest conductor, RequestBody<GroupRequest> body)
    {
        if (body.Value.Size is not { } size)
            return ProblemFactory.BadRequest(new Fault("/size", "is missing: how many instances the group should have"));
        if (!DeployableId.TryParse(deployable, out var id, out _)) return ConductorProblems.NoDeployable;

        // If an answer was lost, a repeated request returns its result again, because nobody else knows the secrets in it.
        var scale = new ScaleRequest(ConductorCommand.New(conductor.Key, time), group, size, Recall: true);
        var grain = grains.GetGrain<IDeployableGrain>(GrainKeys.Of(id));
        var answer = await calls.Command(() => grain.Scale(scale));
        return ConductorProblems.Find(answer.Outcome, answer.Problems) is { } problem ? problem : Create(scale, answer);
    }

    private static GroupAnswer Create(ScaleRequest scale, ScaleAnswer answer) => new()
    {
        Group = scale.Assembly,
        Size = scale.Count,
        Added =
        [
            .. answer.Added.Select(member => new NewInstance
            {
                Id = member.Id.Value,
                Assembly = scale.Assembly,
                Ordinal = member.Ordinal,
                Secret = member.Secret,
            }),
        ],
        Removed = [.. answer.Removed.Select(id => id.Value)],
    };
}
