using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Gateway.Calls;
using Orleans;

namespace Audrey.Gateway.Endpoints;

/// <summary>Asks instances how they stand, on behalf of a conductor.</summary>
internal sealed class InstanceReports(IGrainFactory grains, GrainCalls calls)
{
    /// <summary>The report on one of this conductor's instances; null if there is none of that UUID, or it is another conductor's.</summary>
    public async ValueTask<InstanceReport?> Find(string uuid, ConductorKey conductor)
    {
        if (!InstanceId.TryParse(uuid, out var id, out _)) return null;
        var grain = grains.GetGrain<IInstanceGrain>(GrainKeys.Of(id));
        var report = await calls.Run(grain, static grain => grain.GetReport(CancellationToken.None));
        return report?.Conductor == conductor ? report : null;
    }
}
