using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Grains.Sets;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Audrey.Grains.Conductor;

/// <inheritdoc cref="IConductorGrain"/>
/// <remarks>
/// The count is only in memory. What is durable are the list of deployables and the deployables themselves, from which it is made with the
/// first reservation. A deployable that cannot be read counts as one without instances until it can be read.
/// </remarks>
[GrainType("conductor")]
internal sealed partial class ConductorGrain : Grain, IConductorGrain
{
    /// <summary>The maximum number of deployables that are counted concurrently.</summary>
    private const int BatchSize = 64;

    private readonly ConductorKey _key;
    private readonly IConductorQuotas _quotas;
    private readonly ILogger _logger;
    private readonly HashSet<DeployableId> _unread = [];
    private Task<UsageCounts>? _loading;

    public ConductorGrain(IGrainContext context, IConductorQuotas quotas, ILogger<ConductorGrain> logger)
    {
        _key = ConductorKey.Parse(context.GrainId.Key.ToString()![2..]);
        (_quotas, _logger) = (quotas, logger);
    }

    public async Task<DeployablesPage> List(int page)
    {
        var ids = await GrainFactory.Deployables(_key).ReadOwned(_key, page);
        return new([.. ids.Ids.Select(DeployableId.Parse)], ids.Pages);
    }

    public async Task<QuotaExcess?> Reserve(DeployableId deployable, int instances)
    {
        var quota = _quotas.Of(_key);
        if (!quota.LimitsRegistrations) return null;
        var counts = await GetCounts();
        _unread.Remove(deployable);
        if (_unread.Count > 0) await CountUnread(counts);
        if (counts.Reserve(deployable, instances, quota) is null) return null;

        // The deployables that have reserved or removed something are counted before anything is refused. The deployable of this call gives
        // its exact number.
        foreach (var batch in counts.Unsettled.Where(other => other.Deployable != deployable).ToList().Chunk(BatchSize))
        {
            await Task.WhenAll(batch.Select(async other =>
            {
                if (await TryRead(other.Deployable) is { IsRead: true } read) counts.Lower(other.Deployable, other.Version, read.Usage);
            }));
        }

        return counts.Reserve(deployable, instances, quota);
    }

    public async Task Recount(DeployableId deployable)
    {
        if (_loading is not null) (await GetCounts()).Unsettle(deployable);
    }

    private async Task<UsageCounts> GetCounts()
    {
        _loading ??= Load();
        try
        {
            return await _loading;
        }
        catch
        {
            if (_loading is { IsCompletedSuccessfully: false, IsCompleted: true }) _loading = null;
            throw;
        }
    }

    /// <summary>
    /// Counts all deployables. A deployable is in the list before it reserves anything for the second time, so none is left out.
    /// </summary>
    private async Task<UsageCounts> Load()
    {
        var counts = new UsageCounts(_key);
        await foreach (var page in GrainFactory.Deployables(_key).Pages())
        {
            foreach (var batch in page.Distinct().Select(DeployableId.Parse).Chunk(BatchSize))
            {
                var usages = await Task.WhenAll(batch.Select(TryRead));
                foreach (var (i, id) in batch.Index())
                {
                    counts.Add(id, usages[i].Usage);
                    if (usages[i].IsRead) continue;
                    _unread.Add(id);
                    LogUnread(_logger, id, _key);
                }
            }
        }

        return counts;
    }

    /// <summary>Tries again to count the deployables that could not be read.</summary>
    private async Task CountUnread(UsageCounts counts)
    {
        foreach (var batch in _unread.ToList().Chunk(BatchSize))
        {
            await Task.WhenAll(batch.Select(async id =>
            {
                var (isRead, usage) = await TryRead(id);

                // The deployable can have reserved something in the meantime.
                if (isRead && _unread.Remove(id)) counts.Replace(id, usage);
            }));
        }
    }

    /// <summary>
    /// Returns the numbers of a deployable. If it cannot be read, for example because its row is damaged, returns one without instances: it
    /// must not block the registrations of all others.
    /// </summary>
    private async Task<(bool IsRead, DeployableUsage? Usage)> TryRead(DeployableId deployable)
    {
        try
        {
            return (true, await GrainFactory.Reference<IDeployableGrain>(GrainKeys.Of(deployable)).GetUsage(_key));
        }
        catch (Exception failure) when (failure is not (TimeoutException or SiloUnavailableException or OutOfMemoryException))
        {
            return (false, new(0, 0, IsSettled: false));
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Deployable {Deployable} of conductor '{Conductor}' cannot be read. Until it can be read, its instances do not count towards the "
        + "quota of the conductor")]
    private static partial void LogUnread(ILogger logger, DeployableId deployable, ConductorKey conductor);
}
