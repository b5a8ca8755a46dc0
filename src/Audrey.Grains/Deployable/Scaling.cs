using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Grains.Instance;
using Audrey.Grains.Propagation;
using Audrey.Grains.Sets;

namespace Audrey.Grains.Deployable;

/// <summary>
/// Carries out scalings. Every step checks whether it is already done, so all of it can be done again if it was cut short.
/// </summary>
internal sealed class Scaling(IGrainFactory grains, DeployableId deployable, Membership members)
{
    /// <summary>Returns the members of a group.</summary>
    public async Task<List<InstanceConfig>> MembersOf(long incarnation, string assembly)
    {
        var group = new Dictionary<InstanceId, InstanceConfig>();
        await members.ForEach(incarnation, async member =>
        {
            var config = await member.GetConfig(deployable, incarnation);
            if (config?.Ordinal is not null && config.Name == assembly) group[config.Id] = config;
        });
        return [.. group.Values];
    }

    /// <summary>
    /// Carries out all steps of a scaling that are not done yet. A new member exists before any instance refers to it. A member is removed
    /// after no instance of the deployable refers to it through the group any more.
    /// </summary>
    public async Task CarryOut(DeployableState state, ScaleIntent intent)
    {
        var incarnation = state.Incarnation;
        if (!intent.Added.IsEmpty) await Grow(state, intent);
        var change = new GroupChange(deployable, incarnation, intent.Assembly, intent.Members);
        await members.ForEach(incarnation, member => member.Amend(change));
        foreach (var batch in intent.Removed.Chunk(Membership.BatchSize))
        {
            await Task.WhenAll(batch.Select(id => members.Member(id.Value).Remove(deployable, incarnation)));
            await Task.WhenAll(batch.Select(id => members.SetOf(incarnation).Remove(id.Value)));
        }
    }

    private async Task Grow(DeployableState state, ScaleIntent intent)
    {
        var incarnation = state.Incarnation;
        var prototype = await members.Member(intent.Prototype.Value).GetConfig(deployable, incarnation)
            ?? throw new NotDurableException(
                $"instance {intent.Prototype}, after which others of its group are made, is gone; register it again");
        var tarball = (await grains.Reference<ITarballGrain>(GrainKeys.Of(intent.Prototype)).Get())?.Bytes ?? [];
        var launch = intent.LaunchKey(deployable, incarnation);
        var command = new ConductorCommand(state.Conductor, null);
        foreach (var batch in intent.Added.Chunk(Membership.BatchSize))
        {
            var launched = await Task.WhenAll(batch.Select(member => members.Member(member.Id.Value).IsLaunched(launch).AsTask()));
            InstanceConfig[] newcomers = [.. batch.Where((_, i) => !launched[i]).Select(member => intent.Newcomer(prototype, member))];
            if (newcomers.Length == 0) continue;
            var pages = await members.SetOf(incarnation).AddMany([.. newcomers.Select(newcomer => newcomer.Id.Value)]);
            await Task.WhenAll(DependentsPages.DependentsOf(newcomers).Select(pair =>
                grains.Dependents(deployable, incarnation, pair.Key).AddMany([.. pair.Value])));
            var answers = await Task.WhenAll(newcomers.Select((newcomer, i) =>
                members.Member(newcomer.Id.Value).Launch(new(new(command, newcomer, tarball), launch, pages[i]))));
            if (answers.FirstOrDefault(answer => answer.Outcome != ConductorOutcome.Done) is { } refused)
                throw new InvalidOperationException($"A newcomer to the group was refused: {string.Join("; ", refused.Problems)}");
        }
    }
}
