using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
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
        var ids = report.GetProviders().ToArray();
        var providers = new InstanceReport?[ids.Length];
        await ForEachAsync(ids.Length, async (i, token) => providers[i] = await ReportAsync(ids[i], token), cancellationToken);
        var header = await session.Calls.RunAsync(
            $"reading the status of instance '{id}'",
            _ => session.Operations.GetDeployable(report.Deployable),
            cancellationToken: cancellationToken);
        return report.ToStatus(providers.OfType<InstanceReport>().ToDictionary(provider => provider.Id), header);
    }

    public async Task<DeployableStatus> GetDeployableAsync(DeployableId id, CancellationToken cancellationToken)
    {
        var what = $"reading the status of deployable '{id}'";
        var header = await session.Calls.RunAsync(what, _ => session.Operations.GetDeployable(id), cancellationToken: cancellationToken);
        if (header is null)
            throw new NotFoundException($"No deployable '{id}' is registered by this conductor.");
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

    /// <summary>
    /// Reads the instances page by page. Missing values have the data of the providers on the same page, and of some others.
    /// </summary>
    public async IAsyncEnumerable<InstanceStatus> ListInstancesAsync(
        DeployableId id, InstanceFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var what = $"listing the instances of deployable '{id}'";
        var header = await session.Calls.RunAsync(what, _ => session.Operations.GetDeployable(id), cancellationToken: cancellationToken)
            ?? throw new NotFoundException($"No deployable '{id}' is registered by this conductor.");
        for (var page = 0; page < header.Pages; page++)
        {
            var number = page;
            var reports = await session.Calls.RunAsync(
                what, _ => session.Operations.GetInstances(id, number), cancellationToken: cancellationToken);
            var providers = reports.ToDictionary(report => report.Id);
            InstanceId[] elsewhere =
            [
                .. reports.SelectMany(report => report.GetProviders()).Distinct()
                    .Where(provider => !providers.ContainsKey(provider)).Take(MaxProviders),
            ];
            var others = new InstanceReport?[elsewhere.Length];
            await ForEachAsync(
                elsewhere.Length, async (i, token) => others[i] = await ReportAsync(elsewhere[i], token), cancellationToken);
            foreach (var other in others.OfType<InstanceReport>()) providers.TryAdd(other.Id, other);
            foreach (var instance in reports.Select(report => report.ToStatus(providers, header)).Where(filter.Selects))
                yield return instance;
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
