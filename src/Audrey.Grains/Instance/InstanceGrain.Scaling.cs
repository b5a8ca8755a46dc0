using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Grains.Concurrency;
using Audrey.Grains.Sets;

namespace Audrey.Grains.Instance;

internal sealed partial class InstanceGrain
{
    public ValueTask<InstanceConfig?> GetConfig(DeployableId deployable, long incarnation) =>
        ValueTask.FromResult(_live is { } live && Belongs(live, deployable, incarnation) ? live.Config : null);

    public async Task<ConductorAnswer> Replace(ConductorCommand command, string secret)
    {
        if (_live is not { } live) return ConductorAnswer.Refuse(ConductorOutcome.NotFound, $"there is no instance {Id}");
        if (live.Definition.Conductor != command.Conductor) return Refuse(ConductorOutcome.NotYours, live.Config.Deployable);
        if (Judge(command) is { } judged)
        {
            // The first may have been cut short between its write and its push.
            if (judged.Outcome == ConductorOutcome.Done) await Publish();
            return judged;
        }

        var before = live.Definition;
        await EndEvents(live).WaitUpToAsync(options.Value.PushBound, time);
        await BeginGeneration(before.Register(
            live.Config with { Secret = secret }, command.Conductor, before.Incarnation, before.Page, Version, command.Mark, time.GetUtcNow()) with
        { Launch = before.Launch, HasNoTarball = before.HasNoTarball });
        await Publish();
        return ConductorAnswer.Done;
    }

    public async Task Amend(GroupChange change)
    {
        if (_live is not { } live || !Belongs(live, change.Deployable, change.Incarnation)) return;
        var config = live.Config.WithGroup(change.Assembly, change.Members);
        if (ReferenceEquals(config, live.Config)) return;

        // As when it is registered: providers are told first, and forget it last.
        var (before, after) = (live.Config.Providers.ToHashSet(), config.Providers.ToHashSet());
        await Task.WhenAll(after.Except(before).Select(provider => GrainFactory.Dependents(change.Deployable, change.Incarnation, provider).Add(Id.Value)));
        await _writing.Run(async () =>
        {
            await Write(definition, live.Definition with { Config = config });
            live.Amend(definition.State, time.GetUtcNow());
            TellWatchers();
            TellEvents();
            return true;
        });
        await Task.WhenAll(before.Except(after).Select(provider => GrainFactory.Dependents(change.Deployable, change.Incarnation, provider).Remove(Id.Value)));
    }

    public async Task Remove(DeployableId deployable, long incarnation)
    {
        if (_live is { } live)
        {
            if (!Belongs(live, deployable, incarnation)) return;
            await Task.WhenAll(live.Config.Providers.Select(provider => GrainFactory.Dependents(deployable, incarnation, provider).Remove(Id.Value)));
            await EndEvents(live);
            await BeginGeneration(definition.State.Delete(Version, new(deployable, incarnation)));
        }

        await ForgetReported();
        await Tarball.Clear();

        // Who refers to it by itself goes on waiting for it; without any, nobody else would delete the set.
        var dependents = GrainFactory.Dependents(deployable, incarnation, Id);
        if (!await HasAny(dependents)) await dependents.Clear();
        else await dependents.Publish(ProviderSnapshot.Unknown(Id, Version) with { Deployable = deployable, Incarnation = incarnation });
        DeactivateOnIdle();
    }

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
}
