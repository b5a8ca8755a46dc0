using System.Collections.Immutable;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Grains.Instance;
using Audrey.Grains.Propagation;
using Audrey.Grains.Sets;

namespace Audrey.Grains.Deployable;

/// <summary>Carries out scalings. Every step checks whether it is already done, so an interrupted scaling can safely be repeated.</summary>
internal sealed class Scaling(IGrainFactory grains, DeployableId deployable, Membership members)
{
    /// <summary>The maximum number of instances in an answer.</summary>
    private const int PageSize = 128;

    // The members that leave and are not known to be done, in the order in which they are removed. In memory only.
    private (ImmutableArray<InstanceId> All, List<InstanceId> Left) _leaving = ([], []);

    /// <summary>
    /// Returns the members of a group, or the prototype of an empty group, the number of references to groups in the deployable if the
    /// group had that many members, and the names of the assemblies that are not groups.
    /// </summary>
    public async Task<(List<InstanceConfig> Group, long References, IReadOnlySet<string> Ungrouped)> MembersOf(
        long incarnation, string assembly, int count)
    {
        var ungrouped = new HashSet<string>(StringComparer.Ordinal);
        var group = new Dictionary<InstanceId, InstanceConfig>();
        var references = new Dictionary<InstanceId, long>();
        var ofNewcomer = 0L;
        await members.ForEach(incarnation, async member =>
        {
            if (await member.GetConfig(deployable, incarnation) is not { } config) return;
            var has = GroupReferences.CountOf(config, assembly, count);
            if (!config.IsPrototype) references[config.Id] = has;
            if (config.Ordinal is null && !config.IsPrototype) ungrouped.Add(config.Name);
            if (config.Name != assembly || (config.Ordinal is null && !config.IsPrototype)) return;
            group[config.Id] = config;
            ofNewcomer = has;
        });
        var newcomers = Math.Max(0, count - group.Values.Count(config => !config.IsPrototype));
        return ([.. group.Values], references.Values.Sum() + newcomers * ofNewcomer, ungrouped);
    }

    /// <summary>
    /// Carries out the steps of a scaling that are not done yet. A new member exists before any instance refers to it. A member that leaves
    /// is told first. It is removed only when no instance of the deployable refers to it through the group any more.
    /// </summary>
    /// <returns>Whether all steps are done. If not, members that leave still hand over their work.</returns>
    public async Task<bool> CarryOut(DeployableState state, ScaleIntent intent)
    {
        var incarnation = state.Incarnation;
        if (!intent.Added.IsEmpty) await Grow(state, intent);
        if (intent.LeaveBy is { } by && !await HaveLeft(incarnation, intent.Removed, by)) return false;
        var change = new GroupChange(deployable, incarnation, intent.Assembly, intent.Members);
        await members.ForEach(incarnation, member => member.Amend(change));
        ImmutableArray<InstanceId> leaving = intent.EndedPrototype is { } ended ? intent.Removed.Add(ended) : intent.Removed;
        foreach (var batch in leaving.Chunk(Membership.BatchSize))
        {
            await Task.WhenAll(batch.Select(id => KeepsPrototype(id)
                ? members.Member(id.Value).Retire(deployable, incarnation)
                : members.Member(id.Value).Remove(deployable, incarnation)));
            await Task.WhenAll(batch.Where(id => !KeepsPrototype(id)).Select(id => members.SetOf(incarnation).Remove(id.Value)));
        }

        return true;

        bool KeepsPrototype(InstanceId id) => intent.Members.IsEmpty && id == intent.Prototype;
    }

    /// <summary>Tells members that they leave, and returns whether all of them are done.</summary>
    private async Task<bool> HaveLeft(long incarnation, ImmutableArray<InstanceId> leaving, DateTimeOffset by)
    {
        if (_leaving.All != leaving) _leaving = (leaving, [.. leaving]);
        var unfinished = new List<InstanceId>();
        foreach (var batch in _leaving.Left.Chunk(Membership.BatchSize))
        {
            var done = await Task.WhenAll(batch.Select(id => members.Member(id.Value).Leave(deployable, incarnation, by)));
            unfinished.AddRange(batch.Where((_, i) => !done[i]));
        }

        _leaving = (leaving, unfinished);
        return unfinished.Count == 0;
    }

    /// <summary>
    /// Returns a page of the instances that a finished scaling added or removed. The secrets are the current ones, because an instance may
    /// have been replaced since it was added.
    /// </summary>
    public async Task<ScaledPage> Read(long incarnation, ScaleIntent intent, ScaledRequest request)
    {
        ImmutableArray<InstanceId> all = request.Removed ? intent.Removed : [.. intent.Added.Select(member => member.Id)];
        var start = request.After is { } after ? all.IndexOf(after) + 1 : 0;
        if (start == 0 && request.After is not null) return ScaledPage.Of(ConductorOutcome.NotFound);
        var end = Math.Min(all.Length, start + PageSize);
        if (request.Removed)
        {
            var ordinals = intent.RemovedOrdinals;
            return new(
                ConductorOutcome.Done, [], all[start..end], end < all.Length, ordinals.Length == all.Length ? ordinals[start..end] : null);
        }

        var added = await Task.WhenAll(intent.Added[start..end].Select(async member =>
        {
            var config = await members.Member(member.Id.Value).GetConfig(deployable, incarnation);
            return config is null ? member : member with { Secret = config.Secret };
        }));
        return new(ConductorOutcome.Done, [.. added], [], end < all.Length);
    }

    private async Task Grow(DeployableState state, ScaleIntent intent)
    {
        var incarnation = state.Incarnation;
        var launch = intent.LaunchKey(deployable, incarnation);
        var command = new ConductorCommand(state.Conductor, null);
        foreach (var batch in intent.Added.Chunk(Membership.BatchSize))
        {
            var launched = await Task.WhenAll(batch.Select(member => members.Member(member.Id.Value).IsLaunched(launch).AsTask()));
            if (launched.All(isLaunched => isLaunched)) continue;
            var prototype = await members.Member(intent.Prototype.Value).GetConfig(deployable, incarnation)
                ?? throw new NotDurableException(
                    $"instance {intent.Prototype}, the prototype of new members, is gone; register it again");
            var tarball = await grains.Reference<ITarballGrain>(GrainKeys.Of(intent.Prototype)).Get();
            InstanceConfig[] newcomers = [.. batch.Where((_, i) => !launched[i]).Select(member => intent.Newcomer(prototype, member))];
            var pages = await members.SetOf(incarnation).AddMany([.. newcomers.Select(newcomer => newcomer.Id.Value)]);
            await Task.WhenAll(DependentsPages.DependentsOf(newcomers).Select(pair =>
                grains.Dependents(deployable, incarnation, pair.Key).AddMany([.. pair.Value])));
            var answers = await Task.WhenAll(newcomers.Select((newcomer, i) =>
                members.Member(newcomer.Id.Value).Launch(new(
                    new(command, newcomer, tarball?.Bytes ?? [], GzipCopy: tarball?.GzipCopy?.Bytes),
                    launch,
                    pages[i],
                    intent.Deadline))));
            if (answers.FirstOrDefault(answer => answer.Outcome != ConductorOutcome.Done) is { } refused)
                throw new InvalidOperationException($"A new member of the group was refused: {string.Join("; ", refused.Problems)}");
        }
    }
}
