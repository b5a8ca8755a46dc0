using Audrey.Abstractions.Deployables;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;

namespace Audrey.Gateway.Endpoints;

/// <summary>Reads the reports of all instances of a deployable for a conductor.</summary>
internal sealed class DeployableReports(IGrainFactory grains, GrainCalls calls)
{
    /// <summary>Reads the reports page by page. Returns null if this conductor has no such deployable.</summary>
    public async ValueTask<(DeployableHeader Header, List<InstanceReport> Instances)?> Find(
        string deployable, ConductorKey conductor, CancellationToken cancellation)
    {
        if (await FindHeader(deployable, conductor, cancellation) is not { } header) return null;
        var grain = grains.Deployable(header.Id);
        var reports = new List<InstanceReport>();
        for (var page = 0; page < header.Pages; page++)
        {
            var number = page;
            reports.AddRange(await calls.Read(() => grain.GetReports(number, cancellation), cancellation));
        }

        return (header, reports);
    }

    /// <summary>Returns the description of a deployable without its instances, or null if this conductor has no such deployable.</summary>
    public async ValueTask<DeployableHeader?> FindHeader(string deployable, ConductorKey conductor, CancellationToken cancellation)
    {
        if (!DeployableId.TryParse(deployable, out var id, out _)) return null;
        var header = await calls.Read(grains.Deployable(id).GetHeader, cancellation);
        return header?.Conductor == conductor ? header : null;
    }
}
