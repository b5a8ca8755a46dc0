using System.Collections.Immutable;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Audrey.Core.Statuses;
using Audrey.Grains.Recovery;
using Audrey.Grains.Sets;
using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Deployable;

internal sealed partial class DeployableGrain
{
    public async Task<LaunchAnswer> BeginLaunch(LaunchRequest request)
    {
        var command = request.Command;
        if (Known(request) is { } known) return known;

        // One that was sent before a deletion must not create anything after it.
        if (command.Mark is { } mark && State.Commands.Judged(mark) != Freshness.Fresh) return new(ConductorOutcome.NonceRefused);

        // The list first: it may name a deployable that never came to be, but must not lack one that did.
        await GrainFactory.Deployables(command.Conductor).Add(Id.Value);
        var now = _time.GetUtcNow();
        var began = false;
        await Write(state =>
        {
            if (state.Phase != DeployablePhase.Absent) return state;
            began = true;
            return Remember(state, command) with
            {
                Phase = DeployablePhase.Active,
                Incarnation = state.Incarnation + 1,
                Name = request.Name,
                Conductor = command.Conductor,
                Registered = now,
                Launch = new() { Digest = request.Digest, Instances = request.Instances, Begun = now, Deadline = now + request.Deadline },
            };
        });
        if (State.Conductor != command.Conductor) await GrainFactory.Deployables(command.Conductor).Remove(Id.Value);
        if (began)
        {
            LogLaunchBegins(_logger, Id.Value, request.Instances);
            BeginEvents();
        }

        return began ? new(ConductorOutcome.Done, State.Incarnation) : Known(request) ?? new(ConductorOutcome.BeingDeleted);
    }

    public async Task<LaunchJoined> JoinLaunch(LaunchKey launch, ImmutableArray<InstanceId> instances)
    {
        if (!IsUnderWay(launch)) return new(ConductorOutcome.LaunchEnded, []);

        // A deletion that begins meanwhile waits for this and then finds the newcomers.
        var adding = Members(State).AddMany([.. instances.Select(instance => instance.Value)]);
        _joining.Add(adding);
        try
        {
            return new(ConductorOutcome.Done, await adding);
        }
        finally
        {
            _joining.Remove(adding);
        }
    }

    public async Task<ConductorAnswer> SealLaunch(LaunchKey launch)
    {
        if (!Is(launch)) return LaunchEnded;
        if (State.Launch!.Sealed is not null) return ConductorAnswer.Done;
        var members = new HashSet<string>(StringComparer.Ordinal);
        var set = Members(State);
        for (var (page, pages) = (0, 1); page < pages; page++)
        {
            var read = await set.Read(page);
            pages = read.Pages;
            members.UnionWith(read.Ids);
        }

        if (members.Count < State.Launch.Instances)
        {
            return ConductorAnswer.Refuse(
                ConductorOutcome.LaunchEnded, $"deployable {Id} has {members.Count} of the {State.Launch.Instances} instances that it was to have");
        }

        await Write(state => state.Launch is { Sealed: null } unsealed ? state with { Launch = unsealed with { Sealed = _time.GetUtcNow() } } : state);
        LogLaunchEnds(_logger, Id.Value);
        return ConductorAnswer.Done;
    }

    public async Task<ConductorAnswer> AbandonLaunch(LaunchKey launch)
    {
        if (!Is(launch)) return ConductorAnswer.Done;
        if (State.Launch!.Sealed is not null) return ConductorAnswer.Refuse(ConductorOutcome.LaunchEnded, $"deployable {Id} is launched already");
        if (State.Phase == DeployablePhase.Active)
        {
            await GrainFactory.GetGrain<IDeletionsGrain>(DeletionsGrain.Key).Begin(Id);
            await Write(state => state with { Phase = DeployablePhase.Deleting });
        }

        await Deletion();
        return ConductorAnswer.Done;
    }

    private ConductorAnswer LaunchEnded => ConductorAnswer.Refuse(ConductorOutcome.LaunchEnded, $"deployable {Id} was deleted while it was launched");

    /// <summary>The answer to a launch of a deployable that is there; null when there is none.</summary>
    private LaunchAnswer? Known(LaunchRequest request) => State.Phase switch
    {
        DeployablePhase.Absent => null,
        _ when State.Conductor != request.Command.Conductor => new(ConductorOutcome.NotYours),
        DeployablePhase.Deleting => new(ConductorOutcome.BeingDeleted),
        _ when State.Launch?.Digest != request.Digest => new(ConductorOutcome.LaunchDiffers),
        _ => new(ConductorOutcome.Done, State.Incarnation, Resumed: true, Sealed: State.Launch.Sealed is not null),
    };

    private bool Is(LaunchKey launch) => State.Incarnation == launch.Incarnation && State.Launch?.Digest == launch.Digest;

    private bool IsUnderWay(LaunchKey launch) => Is(launch) && State is { Phase: DeployablePhase.Active, Launch.Sealed: null };

    private static LaunchProgress? Progress(DeployableState state) => state.Launch is not { } launch ? null : new()
    {
        Instances = launch.Instances,
        Begun = launch.Begun,
        Sealed = launch.Sealed,
        Deadline = launch.Deadline,
    };

    [LoggerMessage(LogLevel.Information, "The launch of deployable {Deployable} with {Instances} instances begins")]
    private static partial void LogLaunchBegins(ILogger logger, string deployable, int instances);

    [LoggerMessage(LogLevel.Information, "Deployable {Deployable} is launched")]
    private static partial void LogLaunchEnds(ILogger logger, string deployable);
}
