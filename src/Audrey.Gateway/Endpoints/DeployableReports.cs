using Audrey.Abstractions;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;
using Audrey.Gateway.Calls;
using Orleans;

namespace Audrey.Gateway.Endpoints;

/// <summary>Reads the reports of all instances of a deployable for a conductor.</summary>
internal sealed class DeployableReports(IGrainFactory grains, GrainCalls calls)
{
    /// <summary>Reads the reports page by page. Returns null if this conductor has no such deployable.</summary>
    public async ValueTask<(DeployableHeader Header, List<InstanceReport> Instances)?> Find(
        string deployable, ConductorKey conductor, CancellationToken cancellation)
    {
        if (!DeployableId.TryParse(deployable, out var id, out _)) return null;
        var grain = grains.GetGrain<IDeployableGrain>(GrainKeys.Of(id));
        var header = await calls.Read(grain.GetHeader, cancellation);
        if (header is null || header.Conductor != conductor) return null;
        var reports = new List<InstanceReport>();
        for (var page = 0; page < header.Pages; page++)
        {
            var number = page;
            reports.AddRange(await calls.Read(() => grain.GetReports(number, cancellation), cancellation));
        }

        return (header, reports);
    }
}
