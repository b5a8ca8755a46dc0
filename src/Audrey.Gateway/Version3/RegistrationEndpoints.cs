using System.Collections.Concurrent;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Registration;
using Audrey.Core.Documents;
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

/// <summary>A conductor's registering a whole deployable.</summary>
internal sealed class RegistrationEndpoints(
    Version3ConductorGate conductors, IGrainFactory grains, GrainCalls calls, IOptions<DocumentLimits> limits) : IEndpointGroup
{
    private const int AtOnce = 32;

    private readonly DocumentLimits _limits = limits.Value;

    public void Map(IEndpointRouteBuilder routes) => routes.MapPut(Version3Routes.Deployable, Register)
        .Takes<DeployableRequest>().DescribesCommand("register-deployable", "Registers a whole deployable; nothing of one that has a fault");

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

        await conductors.Write(http, await RegisterAll(command, instances));
    }

    /// <summary>The first answer that is not done ends it. What was registered by then stays: the same request, sent again, goes on.</summary>
    private async Task<ConductorAnswer> RegisterAll(ConductorCommand command, List<InstanceConfig> instances)
    {
        var registrar = grains.GetGrain<IRegistrarGrain>(0);
        var refused = new ConcurrentQueue<ConductorAnswer>();
        await Parallel.ForEachAsync(instances, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (instance, _) =>
        {
            if (!refused.IsEmpty) return;
            var answer = await calls.Command((registrar, command, instance), static on => on.registrar.Register(on.command, on.instance));
            if (answer.Outcome != ConductorOutcome.Done) refused.Enqueue(answer);
        });
        return refused.TryDequeue(out var first) ? first : ConductorAnswer.Done;
    }
}
