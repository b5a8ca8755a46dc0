using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Events;
using Audrey.Abstractions.Instances;
using Audrey.Client.Connection;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Statuses;

namespace Audrey.Client.Operations;

/// <summary>Lists deployables and reads statuses.</summary>
internal sealed class StatusReader(ClusterSession session)
{
    /// <summary>The maximum number of providers that are read for a page of instances because they are on other pages.</summary>
    private const int MaxProviders = 64;

    public async Task<InstanceStatus> GetInstanceAsync(InstanceId id, CancellationToken cancellationToken)
    {
        var report = await ReportAsync(id, cancellationToken);
        if (report is null)
            throw new NotFoundException($"No instance '{id}' is registered by this conductor.");
        var providers = await ReportsAsync([.. report.GetProviders()], cancellationToken);
        var header = await session.Calls.RunAsync(
            $"reading the status of instance '{id}'",
            _ => session.Operations.GetDeployable(report.Deployable),
            cancellationToken: cancellationToken);
        return report.ToStatus(providers.ToDictionary(provider => provider.Id), header);
    }

    public async Task<FactsStatus> GetFactsAsync(InstanceId id, CancellationToken cancellationToken)
    {
        var facts = await session.Calls.RunAsync(
            $"reading the facts of instance '{id}'", _ => session.Operations.GetFacts(id), cancellationToken: cancellationToken);
        return facts?.ToStatus() ?? throw new NotFoundException($"No instance '{id}' is registered by this conductor.");
    }

    public async Task<DeployableStatus> GetDeployableAsync(DeployableId id, CancellationToken cancellationToken)
    {
        var what = $"reading the status of deployable '{id}'";
        var header = await HeaderAsync(id, what, cancellationToken);
        var pages = new ImmutableArray<InstanceReport>[header.Pages];
        await ForEachAsync(
            pages.Length,
            async (page, token) =>
                pages[page] = await session.Calls.RunAsync(what, _ => session.Operations.GetInstances(id, page), cancellationToken: token),
            cancellationToken);
        return header.ToStatus(pages
            .SelectMany(page => page)
            .OrderBy(report => report.Name, StringComparer.Ordinal)
            .ThenBy(report => InstanceLabels.OrdinalIn(report.Label, report.Name))
            .ThenBy(report => report.Id.Value, StringComparer.Ordinal));
    }

    /// <summary>Reads the counts of a deployable, and the instances that matter most.</summary>
    public async Task<DeployableSummary> GetSummaryAsync(DeployableId id, CancellationToken cancellationToken)
    {
        var what = $"reading the summary of deployable '{id}'";
        var header = await HeaderAsync(id, what, cancellationToken);
        if (header.Deleting) return header.ToSummary();
        var counted = await session.Calls.RunAsync(
            what, _ => session.Operations.CountInstances(id), cancellationToken: cancellationToken) ?? throw NotFound(id);
        var important = await FoundAsync(header, counted.Important, cancellationToken);
        return header.ToSummary(counted, important);
    }

    /// <summary>
    /// Reads the instances page by page. Missing values have the data of the providers on the same page, and of some others.
    /// </summary>
    public async IAsyncEnumerable<InstanceStatus> ListInstancesAsync(
        DeployableId id, InstanceFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var what = $"listing the instances of deployable '{id}'";
        var header = await HeaderAsync(id, what, cancellationToken);
        for (var page = 0; page < header.Pages; page++)
        {
            var number = page;
            var reports = await session.Calls.RunAsync(
                what, _ => session.Operations.GetInstances(id, number), cancellationToken: cancellationToken);
            foreach (var instance in (await StatusesAsync(header, reports, cancellationToken)).Where(filter.Selects))
                yield return instance;
        }
    }

    /// <summary>Reads the instances that a filter selects by the counts of the deployable.</summary>
    public async IAsyncEnumerable<InstanceStatus> FindInstancesAsync(
        DeployableId id, InstanceFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var what = $"finding instances of deployable '{id}'";
        var header = await HeaderAsync(id, what, cancellationToken);
        var query = new InstanceQuery
        {
            Incarnation = header.Incarnation,
            Status = filter.Status,
            Assembly = filter.Assembly,
            Limit = InstanceQuery.MaxInstances,
        };
        while (true)
        {
            var next = query;
            var found = await session.Calls.RunAsync(
                what, _ => session.Operations.FindInstances(id, next), cancellationToken: cancellationToken) ?? throw NotFound(id);
            foreach (var instance in (await FoundAsync(header, found.Instances, cancellationToken)).Where(filter.Selects))
                yield return instance;
            if (!found.HasMore) yield break;
            query = query with { After = found.Instances[^1] };
        }
    }

    public async IAsyncEnumerable<DeployableId> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DeployablesPage list;
        var page = 0;
        do
        {
            var number = page;
            list = await session.Calls.RunAsync(
                "listing deployables", _ => session.Operations.List(number), cancellationToken: cancellationToken);
            foreach (var id in list.Deployables)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return id;
            }
        }
        while (++page < list.Pages);
    }

    private async Task<DeployableHeader> HeaderAsync(DeployableId id, string what, CancellationToken cancellationToken) =>
        await session.Calls.RunAsync(what, _ => session.Operations.GetDeployable(id), cancellationToken: cancellationToken)
            ?? throw NotFound(id);

    private static NotFoundException NotFound(DeployableId id) => new($"No deployable '{id}' is registered by this conductor.");

    /// <summary>Reads the statuses of instances. Leaves out those that the deployable does not have any more.</summary>
    private async Task<IEnumerable<InstanceStatus>> FoundAsync(
        DeployableHeader header, IReadOnlyList<InstanceId> ids, CancellationToken cancellationToken)
    {
        var reports = await ReportsAsync(ids, cancellationToken);
        return await StatusesAsync(header, [.. reports.Where(report => report.Deployable == header.Id)], cancellationToken);
    }

    /// <summary>Returns the statuses of instances, with the data of the providers among them and of some others.</summary>
    private async Task<IEnumerable<InstanceStatus>> StatusesAsync(
        DeployableHeader header, IReadOnlyCollection<InstanceReport> reports, CancellationToken cancellationToken)
    {
        var providers = reports.ToDictionary(report => report.Id);
        InstanceId[] elsewhere =
        [
            .. reports.SelectMany(report => report.GetProviders()).Distinct()
                .Where(provider => !providers.ContainsKey(provider)).Take(MaxProviders),
        ];
        foreach (var other in await ReportsAsync(elsewhere, cancellationToken)) providers.TryAdd(other.Id, other);
        return reports.Select(report => report.ToStatus(providers, header));
    }

    /// <summary>Reads the reports of instances. Leaves out those that this conductor does not have.</summary>
    private async Task<InstanceReport[]> ReportsAsync(IReadOnlyList<InstanceId> ids, CancellationToken cancellationToken)
    {
        var reports = new InstanceReport?[ids.Count];
        await ForEachAsync(ids.Count, async (i, token) => reports[i] = await ReportAsync(ids[i], token), cancellationToken);
        return [.. reports.OfType<InstanceReport>()];
    }

    private Task<InstanceReport?> ReportAsync(InstanceId id, CancellationToken cancellationToken) => session.Calls.RunAsync(
        $"reading the status of instance '{id}'",
        _ => session.Operations.GetInstance(id),
        cancellationToken: cancellationToken);

    private Task ForEachAsync(int count, Func<int, CancellationToken, Task> body, CancellationToken cancellationToken)
    {
        var options =
            new ParallelOptions { MaxDegreeOfParallelism = session.Options.MaxConcurrency, CancellationToken = cancellationToken };
        return Parallel.ForAsync(0, count, options, async (i, token) => await body(i, token));
    }
}
