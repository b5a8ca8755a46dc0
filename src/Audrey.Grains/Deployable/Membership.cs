using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Audrey.Abstractions;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Events;
using Audrey.Abstractions.Instances;
using Audrey.Core.Differences;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Grains.Sets;

namespace Audrey.Grains.Deployable;

/// <summary>The members of one deployable, page by page. A member that was added twice may be on two pages.</summary>
internal sealed class Membership(IGrainFactory grains, DeployableId deployable)
{
    /// <summary>The maximum number of members that are processed concurrently.</summary>
    public const int BatchSize = 64;

    // The joins that a deletion waits for before it reads the members.
    private readonly HashSet<Task> _joining = [];

    /// <summary>Returns the durable set of one incarnation's members.</summary>
    public IMembersGrain SetOf(long incarnation) => grains.Members(deployable, incarnation);

    /// <summary>Returns a member.</summary>
    public IMemberGrain Member(string id) => grains.Reference<IMemberGrain>(GrainKeys.Of(InstanceId.Parse(id)));

    /// <summary>Adds members. A deletion that begins in the meantime waits for this call, and then finds the members.</summary>
    /// <returns>Each member's page.</returns>
    public async Task<ImmutableArray<int>> Join(long incarnation, params ImmutableArray<string> ids)
    {
        var adding = SetOf(incarnation).AddMany(ids);
        _joining.Add(adding);
        try
        {
            return await adding;
        }
        finally
        {
            _joining.Remove(adding);
        }
    }

    /// <summary>Completes when every join that is under way has ended, successfully or not.</summary>
    public async Task AllJoined() => await Task.WhenAll([.. _joining])
        .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    /// <summary>Returns the ids of all members, in batches.</summary>
    public async IAsyncEnumerable<string[]> Batches(
        long incarnation, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var page in SetOf(incarnation).Pages(cancellationToken))
            foreach (var batch in page.Chunk(BatchSize))
                yield return batch;
    }

    /// <summary>Performs an action on each member.</summary>
    public async Task ForEach(long incarnation, Func<IMemberGrain, Task> act)
    {
        await foreach (var batch in Batches(incarnation)) await Task.WhenAll(batch.Select(id => act(Member(id))));
    }

    /// <summary>Returns how many of the members on one page were registered by a launch. Each member counts on only one page.</summary>
    public async Task<int> CountLaunched(LaunchKey launch, int page)
    {
        var members = await SetOf(launch.Incarnation).Read(page);
        var pages = await Task.WhenAll(members.Ids.Distinct().Select(id => Member(id).GetLaunchedPage(launch).AsTask()));
        return pages.Count(found => found == page);
    }

    /// <summary>Returns the labels of the members and prototypes on one page. Each of them is included in only one page.</summary>
    public async Task<ImmutableArray<MemberLabel>> Labels(long incarnation, int page)
    {
        var members = await SetOf(incarnation).Read(page);
        var labels = await Task.WhenAll(
            members.Ids.Distinct().Select(id => Member(id).GetLabel(deployable, incarnation, page).AsTask()));
        return [.. labels.OfType<MemberLabel>()];
    }

    /// <summary>
    /// Returns the number of members without prototypes, and the outlines of those members and prototypes that a launch has registered.
    /// </summary>
    public async Task<(int Members, IReadOnlyCollection<InstanceConfig> Outlines)> Outlines(LaunchKey launch)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var outlines = new Dictionary<InstanceId, InstanceConfig>();
        await foreach (var batch in Batches(launch.Incarnation))
        {
            ids.UnionWith(batch);
            foreach (var outline in await Task.WhenAll(batch.Select(id => Member(id).GetOutline(launch).AsTask())))
                if (outline is not null) outlines[outline.Id] = outline;
        }

        return (ids.Count - outlines.Values.Count(outline => outline.IsPrototype), outlines.Values);
    }

    /// <summary>Returns the reports of one page of members. Each member is included in only one page of reports.</summary>
    public async Task<ImmutableArray<InstanceReport>> Reports(long incarnation, int page, CancellationToken cancellationToken)
    {
        var members = await SetOf(incarnation).Read(page, cancellationToken);
        var reports = await Task.WhenAll(members.Ids.Distinct().Select(id =>
            grains.Reference<IInstanceGrain>(GrainKeys.Of(InstanceId.Parse(id))).GetReport().AsTask()));
        return [.. reports.Where(report => report?.Deployable == deployable && report.Page == page).Select(report => report!)];
    }

    /// <summary>Returns the tallies of the registered instances on one page of members.</summary>
    public async Task<ImmutableArray<SourcedTally>> Tallies(long incarnation, int page)
    {
        var members = await SetOf(incarnation).Read(page);
        var tallies = await Task.WhenAll(members.Ids.Distinct().Select(id => Member(id).GetTally(deployable, incarnation).AsTask()));
        return [.. tallies.OfType<SourcedTally>()];
    }
}
