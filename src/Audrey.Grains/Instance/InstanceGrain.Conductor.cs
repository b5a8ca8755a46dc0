using System.Security.Cryptography;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Instances;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Replay;
using Audrey.Grains.Concurrency;
using Audrey.Grains.Sets;

namespace Audrey.Grains.Instance;

internal sealed partial class InstanceGrain
{
    private ITarballGrain Tarball => GrainFactory.Reference<ITarballGrain>(GrainKeys.Of(Id));

    public async Task<ConductorAnswer> Register(InstanceRegistration registration)
    {
        var (command, config) = (registration.Command, registration.Config);
        if (_live is { } other && other.Config.Deployable != config.Deployable)
        {
            await Remember(command);
            return InUse(other, config.Deployable);
        }

        if (Judge(command) is { } judged)
        {
            // The first may have been cut short between its write and its push.
            if (judged.Outcome == ConductorOutcome.Done) await Publish();
            return judged;
        }

        var replaced = _live;
        var joined = await GrainFactory.Reference<IDeployableGrain>(GrainKeys.Of(config.Deployable)).Join(new(
            Id, command.Conductor, config.DeployableName, replaced?.Definition.Incarnation ?? 0, replaced?.Definition.Page ?? 0));
        if (joined.Outcome != ConductorOutcome.Done)
        {
            // Remembered: sent again once the deployable is gone, it must not register anything.
            await Remember(command);
            return Refuse(joined.Outcome, config.Deployable);
        }

        // Providers are told first: a set may name an instance that never came to be, but never lacks one.
        await Task.WhenAll([.. Introduce(config, joined.Incarnation), StoreTarball(registration.Tarball)]);
        if (replaced is not null) await EndEvents(replaced).WaitUpToAsync(options.Value.PushBound, time);
        await BeginGeneration(definition.State.Register(
            config, command.Conductor, joined.Incarnation, joined.Page, Version, command.Mark, time.GetUtcNow()) with
        { HasNoTarball = registration.Tarball.Length == 0 });

        if (replaced is not null) await Publish();
        return ConductorAnswer.Done;
    }

    public async Task<ConductorAnswer> ReplaceTarball(ConductorCommand command, byte[]? tarball)
    {
        if (_live is not { } live) return ConductorAnswer.Refuse(ConductorOutcome.NotFound, $"there is no instance {Id}");
        if (live.Definition.Conductor != command.Conductor) return Refuse(ConductorOutcome.NotYours, live.Config.Deployable);
        if (tarball is null) return ConductorAnswer.Done;
        if (await Tarball.Set(NewTarball(tarball), command.Mark) == Freshness.Refused) return NonceRefused;

        // Also of a repetition: the first may have been cut short between the two writes.
        if (definition.State.HasNoTarball) await WriteDefinition(definition.State with { HasNoTarball = false });
        return ConductorAnswer.Done;
    }

    public async Task Delete(DeployableId deployable, long incarnation)
    {
        if (_live is { } live)
        {
            if (live.Config.Deployable != deployable || live.Definition.Incarnation != incarnation) return;
            await ForgetAtMissingProviders(live);
            await EndEvents(live);
            await BeginGeneration(definition.State.Delete(Version, new(deployable, incarnation)));
        }
        else if (definition.State.Ended is not { } ended || ended.Deployable != deployable || ended.Incarnation < incarnation)
        {
            await WriteDefinition(definition.State with { Ended = new(deployable, incarnation) });
        }

        await ForgetReported();
        await Task.WhenAll(Tarball.Clear(), GrainFactory.Dependents(deployable, incarnation, Id).Clear());
        DeactivateOnIdle();
    }

    /// <summary>
    /// Deletes what the guest gave; again if a crash came between, for a deletion is carried out until it has gone through.
    /// </summary>
    private async Task ForgetReported()
    {
        if (reported.State.Generation == definition.State.Generation) return;
        await _writing.Run(async () =>
        {
            // The log has what it notes: that came before the end of the registration.
            var empty = reported.State.Under(definition.State);
            await Write(reported, empty with { Milestones = empty.Milestones with { Recent = [] } });
            return true;
        });
    }

    /// <summary>Deletes what names this instance as a dependent of providers that never came: nobody else would.</summary>
    private Task ForgetAtMissingProviders(LiveInstance live)
    {
        var (deployable, incarnation) = (live.Config.Deployable, live.Definition.Incarnation);
        return Task.WhenAll(live.Required.Providers.Select(async provider =>
        {
            var snapshot = await GrainFactory.Reference<IProviderGrain>(GrainKeys.Of(provider)).GetSnapshot(deployable, incarnation);
            if (snapshot.IsUnknown) await GrainFactory.Dependents(deployable, incarnation, provider).Clear();
        }));
    }

    public async ValueTask<InstanceReport?> GetReport(CancellationToken cancellation)
    {
        if (_live is not { } live) return null;
        while (!IsPulled(live)) await PullAll(live).WaitAsync(cancellation);
        var (config, row) = (live.Config, live.Reported);
        return new()
        {
            Id = config.Id,
            Name = config.Name,
            Deployable = config.Deployable,
            Conductor = live.Definition.Conductor,
            Status = Provisioning.StatusOf(config, row),
            Registered = live.Definition.Registered,
            FirstContact = row.FirstContact ?? live.LastContact,
            LastContact = live.LastContact,
            Completed = row.Completed,
            Address = row.Address,
            Services = [.. live.Required.Services.Select(service => Report(live, service))],
            PendingProvided = [.. live.Answers.Missing()],
            Generation = live.Definition.Generation,
            Page = live.Definition.Page,
            Progress = row.Progress with { ValuesDigest = [] },
        };
    }

    private static ServiceReport Report(LiveInstance live, RequiredValues.Service service)
    {
        var progress = live.Reported.ProgressOf(service.Name);
        return new()
        {
            Name = service.Name,
            Status = Provisioning.StatusOf(live.Reported, service.Name),
            Started = progress?.Started,
            Ended = progress?.Ended,
            ExitStatus = progress?.ExitStatus is { } exit ? System.Text.Encoding.UTF8.GetString(exit) : null,
            Unresolved = live.Required.UnresolvedOf(service),
        };
    }

    /// <summary>The version that this instance has given last, registered or not.</summary>
    private long Version => reported.State.Under(definition.State).Version;

    /// <summary>Says what a command that was seen before is answered; null for a new one.</summary>
    private ConductorAnswer? Judge(ConductorCommand command) => command.Mark is not { } mark ? null : definition.State.Commands.Judged(mark) switch
    {
        Freshness.Fresh => null,
        Freshness.Repeated when _live?.Definition.Conductor == command.Conductor => ConductorAnswer.Done,
        _ => NonceRefused,
    };

    private Task Remember(ConductorCommand command) =>
        command.Mark is { } mark && definition.State.Commands.Judged(mark) == Freshness.Fresh
            ? WriteDefinition(definition.State with { Commands = definition.State.Commands.With(mark) })
            : Task.CompletedTask;

    private ConductorAnswer InUse(LiveInstance holder, DeployableId deployable) => ConductorAnswer.Refuse(
        ConductorOutcome.IdInUse,
        $"instance {Id} belongs to deployable {holder.Config.Deployable}; it cannot be registered in deployable {deployable} as well");

    private static ConductorAnswer NonceRefused => ConductorAnswer.Refuse(ConductorOutcome.NonceRefused, "the nonce was used already");

    private ConductorAnswer Refuse(ConductorOutcome outcome, DeployableId deployable) => ConductorAnswer.Refuse(outcome, outcome switch
    {
        ConductorOutcome.NotYours => $"deployable {deployable} belongs to another conductor",
        ConductorOutcome.LaunchEnded => $"deployable {deployable} was deleted while it was launched",
        ConductorOutcome.BeingDeleted => $"deployable {deployable} is being deleted; instance {Id} can be registered once it is gone",
        _ => $"instance {Id} was refused",
    });

    /// <summary>Adds this instance to the dependents of its providers, where it is not there yet.</summary>
    private IEnumerable<Task> Introduce(InstanceConfig config, long incarnation)
    {
        var known = _live is { } live && live.Definition.Incarnation == incarnation ? live.Config.Providers : [];
        return config.Providers.Except(known).Select(provider => GrainFactory.Dependents(config.Deployable, incarnation, provider).Add(Id.Value));
    }

    /// <summary>Stores the tarball of the generation that is about to begin; without one what there was before goes.</summary>
    private Task StoreTarball(byte[] bytes) =>
        bytes.Length > 0 ? Tarball.Set(NewTarball(bytes), upload: null)
        : definition.State.Generation > 0 ? Tarball.Clear()
        : Task.CompletedTask;

    private Tarball NewTarball(byte[] bytes) => new(bytes, Convert.ToHexStringLower(SHA256.HashData(bytes)), time.GetUtcNow());
}
