using Audrey.Abstractions;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Ids;
using Orleans;

namespace Audrey.Gateway.Calls;

/// <summary>Finds the grains of deployables.</summary>
internal static class DeployableGrains
{
    public static IDeployableGrain Deployable(this IGrainFactory grains, DeployableId id) =>
        grains.GetGrain<IDeployableGrain>(GrainKeys.Of(id));
}
