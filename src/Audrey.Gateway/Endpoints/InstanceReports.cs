using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Instances;

namespace Audrey.Gateway.Endpoints;

/// <summary>Reads the reports of instances for a conductor.</summary>
internal sealed class InstanceReports(IGrainFactory grains, GrainCalls calls)
{
    /// <summary>Returns the report of an instance, or null if this conductor has no such instance.</summary>
    public async ValueTask<InstanceReport?> Find(string uuid, ConductorKey conductor, CancellationToken cancellation)
    {
        if (!InstanceId.TryParse(uuid, out var id, out _)) return null;
        var grain = grains.GetGrain<IInstanceGrain>(GrainKeys.Of(id));
        var report = await calls.Read(() => grain.GetReport(cancellation).AsTask(), cancellation);
        return report?.Conductor == conductor ? report : null;
    }
}
