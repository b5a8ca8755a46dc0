using Audrey.Abstractions;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Grains.Propagation;
using Audrey.Grains.Rendering;

namespace Audrey.Grains.Instance;

/// <summary>
/// The commands of the deployable for one of its members: amending, handing over, leaving, retiring, removing and deleting it. As in <see
/// cref="RegistrationCommands"/>, the rows are written in an order that leaves a valid state wherever a command is interrupted.
/// </summary>
internal sealed class MemberCommands(
    InstanceId id, InstanceMachine machine, InstanceRows rows, InstanceEffects effects, Puller puller, InstanceAnswers answers,
    InstanceServices silo)
{
    /// <summary>Compares the member with what a conductor gives.</summary>
    public MemberComparison Comparison => new(id, machine, silo);

    private ITarballGrain Tarball => silo.Grains.Reference<ITarballGrain>(GrainKeys.Of(id));

    /// <inheritdoc cref="IMemberGrain.Amend"/>
    public async Task Amend(GroupChange change)
    {
        var (deployable, incarnation) = (change.Deployable, change.Incarnation);
        if (machine.Definition.PrototypeIn(deployable, incarnation) is { } prototype)
        {
            var amended = prototype.WithGroup(change.Assembly, change.Members);
            if (!ReferenceEquals(amended, prototype))
                await rows.Write((machine, _) => machine.Amend(definition => definition with { Prototype = amended }));
            return;
        }

        if (machine.Registered is not { } instance || !instance.IsMemberOf(deployable, incarnation)) return;
        var config = instance.Config.WithGroup(change.Assembly, change.Members);
        if (ReferenceEquals(config, instance.Config)) return;

        // As in a registration, the instance is added to the sets of dependents first, and removed from them last.
        var (before, after) = (instance.Config.Providers.ToHashSet(), config.Providers.ToHashSet());
        await Task.WhenAll(after.Except(before).Select(provider => Dependents(provider).Add(id.Value)));
        await rows.Write((machine, _) => machine.Amend(definition => definition with { Config = config }));
        await Task.WhenAll(before.Except(after).Select(provider => Dependents(provider).Remove(id.Value)));

        IDependentsGrain Dependents(InstanceId provider) => silo.Grains.Dependents(deployable, incarnation, provider);
    }

    /// <inheritdoc cref="IMemberGrain.HandOver"/>
    public Task HandOver(DeployableId deployable, long incarnation, ConductorKey conductor) =>
        rows.Write((machine, _) => machine.Amend(before =>
            (machine.Registered?.IsMemberOf(deployable, incarnation) == true || before.PrototypeIn(deployable, incarnation) is not null)
                && before.Conductor != conductor
                ? before with { Conductor = conductor }
                : before));

    /// <inheritdoc cref="IMemberGrain.Leave"/>
    public async Task<bool> Leave(DeployableId deployable, long incarnation, DateTimeOffset by)
    {
        if (machine.Registered is not { } instance || !instance.IsMemberOf(deployable, incarnation) || silo.Now >= by) return true;
        await puller.EnsurePulled(instance);
        if (instance.Definition.LeaveBy != by)
        {
            // A guest that has not applied any configuration has nothing to hand over, and guests of versions 0 to 2 cannot be told.
            if (instance.Reported.Progress.Applied is null || !instance.Required.Complete
                || !RetryRules.IsListening(instance, machine.Subscribers.Any, silo.Now))
                return true;
            await rows.Write((machine, _) => ReferenceEquals(machine.Registered, instance)
                ? machine.Amend(before => before with { LeaveBy = by })
                : machine.Amend(before => before));
        }

        return !ReferenceEquals(machine.Registered, instance)
            || instance.Reported.Progress.Applied == answers.RevisionOf(instance);
    }

    /// <inheritdoc cref="IMemberGrain.Remove"/>
    /// <returns>Whether the activation may end.</returns>
    public Task<bool> Remove(DeployableId deployable, long incarnation) => Remove(deployable, incarnation, isKept: false);

    /// <inheritdoc cref="IMemberGrain.Retire"/>
    /// <returns>Whether the activation may end.</returns>
    public Task<bool> Retire(DeployableId deployable, long incarnation) => Remove(deployable, incarnation, isKept: true);

    private async Task<bool> Remove(DeployableId deployable, long incarnation, bool isKept)
    {
        if (HasPrototypeOfOther(deployable, incarnation)) return false;
        if (machine.Registered is { } instance)
        {
            if (!instance.IsMemberOf(deployable, incarnation)) return false;
            await Task.WhenAll(instance.Config.Providers.Select(provider =>
                silo.Grains.Dependents(deployable, incarnation, provider).Remove(id.Value)));
            await effects.Feeder.End(instance);
            await (isKept
                ? rows.Write((machine, _) => machine.Begin((before, version) => before.Retire(version, new(deployable, incarnation))))
                : End(deployable, incarnation));
        }
        else if (!isKept && machine.Definition.PrototypeIn(deployable, incarnation) is not null)
        {
            await rows.Write((machine, _) => machine.Amend(before => before with { Prototype = null }));
        }

        await rows.Write((machine, _) => machine.ForgetReported());
        if (!isKept) await Tarball.Clear();

        // Instances that still refer directly to this instance learn that its values are gone, and wait for them again. If there are none,
        // the set is deleted here, because no other code would delete it.
        var dependents = silo.Grains.Dependents(deployable, incarnation, id);
        var gone = ProviderSnapshot.Unknown(id, machine.Version) with { Deployable = deployable, Incarnation = incarnation };
        if (await HasAny(dependents)) await dependents.Publish(gone);
        else await dependents.Clear();
        return true;
    }

    /// <inheritdoc cref="IMemberGrain.Delete"/>
    /// <returns>Whether the activation may end.</returns>
    public async Task<bool> Delete(DeployableId deployable, long incarnation)
    {
        if (HasPrototypeOfOther(deployable, incarnation)) return false;
        if (machine.Registered is { } instance)
        {
            if (!instance.IsMemberOf(deployable, incarnation)) return false;
            await ClearUnknownProviders(instance);
            await effects.Feeder.End(instance);
            await End(deployable, incarnation);
        }
        else if (machine.Definition.PrototypeIn(deployable, incarnation) is not null
            || machine.Definition.Ended is not { } ended || ended.Deployable != deployable || ended.Incarnation < incarnation)
        {
            // The instance had joined and was not registered yet. A later registration of that launch is refused.
            await rows.Write((machine, _) => machine.Amend(
                before => before with { Prototype = null, Ended = new(deployable, incarnation) }));
        }

        await rows.Write((machine, _) => machine.ForgetReported());
        await Task.WhenAll(Tarball.Clear(), silo.Grains.Dependents(deployable, incarnation, id).Clear());
        return true;
    }

    /// <summary>Returns whether the grain has the prototype of another deployable, whose row and tarball must stay.</summary>
    private bool HasPrototypeOfOther(DeployableId deployable, long incarnation) =>
        machine.Definition.Prototype is not null && machine.Definition.PrototypeIn(deployable, incarnation) is null;

    private static async Task<bool> HasAny(IDependentsGrain dependents)
    {
        for (var (page, pages) = (0, 1); page < pages; page++)
        {
            var read = await dependents.Read(page);
            if (!read.Ids.IsEmpty) return true;
            pages = read.Pages;
        }

        return false;
    }

    private Task End(DeployableId deployable, long incarnation) => rows.Write((machine, _) =>
        machine.Begin((before, version) => before.Delete(version, new(deployable, incarnation))));

    /// <summary>
    /// Deletes the sets of dependents of providers that were never registered. These sets name this instance, and no other code would
    /// delete them.
    /// </summary>
    private Task ClearUnknownProviders(RegisteredInstance instance)
    {
        var (deployable, incarnation) = (instance.Config.Deployable, instance.Definition.Incarnation);
        return Task.WhenAll(instance.Required.Providers.Select(async provider =>
        {
            var snapshot = await silo.Grains.Reference<IProviderGrain>(GrainKeys.Of(provider)).GetSnapshot(deployable, incarnation);
            if (snapshot.IsUnknown) await silo.Grains.Dependents(deployable, incarnation, provider).Clear();
        }));
    }
}
