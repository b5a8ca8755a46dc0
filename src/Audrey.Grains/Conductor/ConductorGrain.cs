using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;
using Audrey.Grains.Sets;

namespace Audrey.Grains.Conductor;

/// <inheritdoc cref="IConductorGrain"/>
[GrainType("conductor")]
internal sealed class ConductorGrain : Grain, IConductorGrain
{
    public async Task<DeployablesPage> List(int page)
    {
        var conductor = ConductorKey.Parse(this.GetPrimaryKeyString()[2..]);
        var ids = await GrainFactory.Deployables(conductor).Read(page);
        return new([.. ids.Ids.Select(DeployableId.Parse)], ids.Pages);
    }
}
