using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;

namespace Audrey.Gateway.Endpoints.Conductors;

/// <summary>Serves the facts about the machine of an instance to its conductor.</summary>
internal sealed class FactReportEndpoints(IGrainFactory grains, GrainCalls calls) : ConductorEndpoints
{
    protected override void Map(RouteGroupBuilder conductors) =>
        conductors.MapGet(Version3Routes.Facts, Get).Describe("factReport", "Returns the facts about the machine of an instance");

    private async Task<Answer<FactsStatus>> Get(string uuid, ConductorRequest conductor, CancellationToken cancellation)
    {
        if (InstanceId.TryParse(uuid, out var id, out _))
        {
            var grain = grains.GetGrain<IInstanceGrain>(GrainKeys.Of(id));
            var facts = await calls.Read(() => grain.GetFacts().AsTask(), cancellation);
            if (facts?.Conductor == conductor.Key) return facts.ToStatus();
        }

        return ProblemFactory.NotFound("This conductor has no such instance.");
    }
}
