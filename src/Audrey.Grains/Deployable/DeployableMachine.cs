using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Ids;
using Audrey.Core.Replay;

namespace Audrey.Grains.Deployable;

/// <summary>
/// A deployable's decisions. Each function is pure: it accepts the durable state and returns the next state or an answer.
/// </summary>
internal static class DeployableMachine
{
    /// <summary>Returns the state with the command remembered, so that the same request is recognised when it is sent again.</summary>
    public static DeployableState Remember(this DeployableState state, ConductorCommand command) =>
        command.Mark is { } mark && state.Commands.Judged(mark) == Freshness.Fresh
            ? state with { Commands = state.Commands.With(mark) }
            : state;

    /// <summary>Returns whether the command was carried out before, or is too old for that to be known.</summary>
    public static Freshness Judge(this DeployableState state, ConductorCommand command) =>
        command.Mark is { } mark ? state.Commands.Judged(mark) : Freshness.Fresh;

    /// <summary>Returns the next incarnation, or the same state if the deployable already exists.</summary>
    public static DeployableState Create(this DeployableState state, ConductorKey conductor, string name, DateTimeOffset now) =>
        state.Phase != DeployablePhase.Absent ? state : state with
        {
            Phase = DeployablePhase.Active,
            Incarnation = state.Incarnation + 1,
            Name = name,
            Conductor = conductor,
            Registered = now,
        };

    /// <summary>Returns the next incarnation with the intent of a launch, or the same state if the deployable already exists.</summary>
    public static DeployableState BeginLaunch(this DeployableState state, LaunchRequest request, DateTimeOffset now) =>
        state.Phase != DeployablePhase.Absent ? state : state.Create(request.Command.Conductor, request.Name, now).Remember(request.Command) with
        {
            Launch = new() { Digest = request.Digest, Instances = request.Instances, Begun = now, Deadline = now + request.Deadline },
        };

    /// <summary>Returns the state with its launch sealed.</summary>
    public static DeployableState Seal(this DeployableState state, DateTimeOffset now) =>
        state.Launch is { Sealed: null } launch ? state with { Launch = launch with { Sealed = now } } : state;

    /// <summary>Returns the state with a scaling finished, unless another one has replaced it.</summary>
    public static DeployableState Finish(this DeployableState state, ScaleIntent scaling) =>
        ReferenceEquals(state.Scaling, scaling) ? state with { Scaling = scaling with { Finished = true } } : state;

    /// <summary>Returns the remaining state of a deleted deployable. It still recognises an old incarnation and old commands.</summary>
    public static DeployableState Delete(this DeployableState state) =>
        new() { Incarnation = state.Incarnation, Commands = state.Commands };

    /// <summary>Returns whether the deployable was created by that launch.</summary>
    public static bool Is(this DeployableState state, LaunchKey launch) =>
        state.Incarnation == launch.Incarnation && state.Launch?.Digest == launch.Digest;

    /// <summary>Returns whether instances of that launch may join.</summary>
    public static bool IsUnderWay(this DeployableState state, LaunchKey launch) =>
        state.Is(launch) && state is { Phase: DeployablePhase.Active, Launch.Sealed: null };

    /// <summary>Returns whether there is an intent that must be resumed after a crash.</summary>
    public static bool HasUnfinishedWork(this DeployableState state, DateTimeOffset now) => state.Phase switch
    {
        DeployablePhase.Absent => false,
        DeployablePhase.Deleting => true,
        _ => state.Scaling is { Finished: false } || state.Launch is { Sealed: null } || state.Launch?.Deadline > now,
    };

    /// <summary>Returns the answer to a launch of a deployable that exists, or null if the deployable does not exist.</summary>
    public static LaunchAnswer? AnswerTo(this DeployableState state, LaunchRequest request) => state.Phase switch
    {
        DeployablePhase.Absent => null,
        _ when state.Conductor != request.Command.Conductor => new(ConductorOutcome.NotYours),
        DeployablePhase.Deleting => new(ConductorOutcome.BeingDeleted),
        _ when state.Launch?.Digest != request.Digest => new(ConductorOutcome.LaunchDiffers),
        _ => new(ConductorOutcome.Done, state.Incarnation, Resumed: true, Sealed: state.Launch.Sealed is not null),
    };

    /// <summary>Returns the answer to an instance that wants to join, as far as it depends on the deployable as a whole.</summary>
    public static ConductorOutcome AnswerToJoin(this DeployableState state, ConductorKey conductor) =>
        state.Phase == DeployablePhase.Deleting ? ConductorOutcome.BeingDeleted
        : state.Conductor != conductor ? ConductorOutcome.NotYours
        : ConductorOutcome.Done;

    /// <summary>Returns the reason why a deletion is refused, or that it is already done. Null if it must be carried out.</summary>
    public static ConductorAnswer? AnswerToDelete(this DeployableState state, ConductorCommand command, DeployableId id)
    {
        if (state.Phase != DeployablePhase.Absent && state.Conductor != command.Conductor)
            return ConductorAnswer.Refuse(ConductorOutcome.NotYours, $"deployable {id} belongs to another conductor");
        return (state.Judge(command), state.Phase) switch
        {
            (Freshness.Refused, _) => ConductorAnswer.Refuse(ConductorOutcome.NonceRefused, "the nonce was used already"),
            (Freshness.Repeated, DeployablePhase.Active) => ConductorAnswer.Refuse(
                ConductorOutcome.NonceRefused, "the same request was carried out before the deployable was registered again"),
            (Freshness.Repeated, DeployablePhase.Absent) => ConductorAnswer.Done,
            (_, DeployablePhase.Absent) => ConductorAnswer.Refuse(ConductorOutcome.NotFound, $"there is no deployable {id}"),
            _ => null,
        };
    }

    /// <summary>Returns the reason why a scaling is refused, or null if it can begin.</summary>
    public static ScaleAnswer? Refuse(this DeployableState state, ScaleRequest request, DeployableId id, int maxMembers) => state switch
    {
        { Phase: DeployablePhase.Absent } => ScaleAnswer.Refuse(ConductorOutcome.NotFound, $"there is no deployable {id}"),
        _ when state.Conductor != request.Command.Conductor =>
            ScaleAnswer.Refuse(ConductorOutcome.NotYours, $"deployable {id} belongs to another conductor"),
        { Phase: DeployablePhase.Deleting } => ScaleAnswer.Refuse(ConductorOutcome.BeingDeleted, $"deployable {id} is being deleted"),
        { Launch.Sealed: null, Launch: not null } =>
            ScaleAnswer.Refuse(ConductorOutcome.LaunchUnfinished, $"deployable {id} is being launched: finish that first"),
        _ when request.Count < 1 || request.Count > maxMembers => ScaleAnswer.Refuse(
            ConductorOutcome.CountRefused, $"a group cannot have {request.Count} instances: 1 to {maxMembers} are allowed"),
        _ => null,
    };
}
