using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Replay;

namespace Audrey.Grains.Deployable;

/// <summary>
/// A deployable's decisions. Each function is pure: it accepts the durable state and returns the next state or an answer.
/// </summary>
internal static class DeployableMachine
{
    /// <summary>The maximum number of deadlines of scalings and replacements that wait to be judged.</summary>
    internal const int MaxDeadlines = 256;

    /// <summary>Returns the state that remembers the command, so that a repetition of the same request is recognised.</summary>
    public static DeployableState Remember(this DeployableState state, ConductorCommand command) =>
        command.Mark is { } mark && state.Judge(command) == Freshness.Fresh
            ? state with { CommandsByConductor = state.CommandsByConductor.With(command.Conductor, mark) }
            : state;

    /// <summary>Returns whether the command is fresh, repeated or refused. A command that is too old to be remembered is refused.</summary>
    public static Freshness Judge(this DeployableState state, ConductorCommand command) =>
        state.CommandsByConductor.Judged(state.Commands, command);

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
        state.Phase != DeployablePhase.Absent ? state
            : state.Create(request.Command.Conductor, request.Name, now).Remember(request.Command) with
            {
                Launch = new() { Digest = request.Digest, Instances = request.Instances, Begun = now, Deadline = now + request.Deadline },
            };

    /// <summary>Returns the state with a sealed launch.</summary>
    public static DeployableState Seal(this DeployableState state, DateTimeOffset now) =>
        state.Launch is { Sealed: null } launch ? state with { Launch = launch with { Sealed = now } } : state;

    /// <summary>
    /// Returns the state in which the scaling is finished. Returns the same state if another scaling has replaced it. The notice of a
    /// scaling can become shorter while it is carried out.
    /// </summary>
    public static DeployableState Finish(this DeployableState state, ScaleIntent scaling) =>
        state.Scaling is { } present && present with { LeaveBy = scaling.LeaveBy } == scaling
            ? state with { Scaling = present with { Finished = true } }
            : state;

    /// <summary>
    /// Returns the state in which members have less time to hand over their work. Returns the same state unless the request asks for the
    /// unfinished scaling with a shorter notice.
    /// </summary>
    public static DeployableState ShortenNotice(this DeployableState state, ScaleRequest request, DateTimeOffset now) =>
        state.Scaling is { Finished: false } intent && intent.IsFor(request) && request.Notice is { } notice
            && now + notice < intent.LeaveBy
            ? state with { Scaling = intent with { LeaveBy = now + notice } }
            : state;

    /// <summary>
    /// Returns the state with a requested scaling. Returns the same state if another scaling is unfinished, or if the deployable is no
    /// longer active in that incarnation.
    /// </summary>
    public static DeployableState RequestScaling(this DeployableState state, ScaleRequest request, long incarnation, DateTimeOffset now) =>
        state.Phase == DeployablePhase.Active && state.Incarnation == incarnation && state.UnfinishedScaling is null
            ? state with { Requested = RequestedScaling.Of(request, now) }
            : state;

    /// <summary>
    /// Returns the state in which a requested scaling is decided. The scaling is refused if there is a problem. If the last scaling already
    /// had the requested result, its intent is kept, because no other intent lists the new members with their secrets.
    /// </summary>
    public static DeployableState Decide(
        this DeployableState state,
        RequestedScaling requested,
        IReadOnlyCollection<InstanceConfig> group,
        IReadOnlySet<string> ungrouped,
        string? problem,
        QuotaExcess? excess = null) =>
        state.Requested != requested ? state
        : problem is not null ? state with { Requested = requested.Refuse(problem, excess, group) }
        : state.Scaling?.DidCome(requested, group) == true ? state with { Requested = null }
        : (state with { Requested = null }).BeginScaling(ScaleIntent.Decide(requested, mark: null, group, ungrouped));

    /// <summary>Returns the state with the intent of a scaling, and with its deadline if it has one.</summary>
    public static DeployableState BeginScaling(this DeployableState state, ScaleIntent intent) =>
        (state with { Scaling = intent }).Expect(intent.Deadline);

    /// <summary>
    /// Returns the state with a deadline that is to be judged. If there are too many, the earlier of the two nearest ones is left out. It
    /// is then judged together with the later one.
    /// </summary>
    public static DeployableState Expect(this DeployableState state, DateTimeOffset? deadline)
    {
        if (deadline is not { } by || state.Deadlines.Contains(by)) return state;
        var all = state.Deadlines.Add(by).Sort();
        if (all.Length > MaxDeadlines) all = all.RemoveAt(Enumerable.Range(0, all.Length - 1).MinBy(i => all[i + 1] - all[i]));
        return state with { Deadlines = all };
    }

    /// <summary>
    /// Returns the deadlines that have passed, in ascending order. That of the launch is one of them, even if it was judged.
    /// </summary>
    public static IReadOnlyList<DateTimeOffset> DeadlinesUntil(this DeployableState state, DateTimeOffset now) =>
        [.. state.AllDeadlines().Where(deadline => deadline <= now).Order()];

    /// <summary>Returns the next deadline, or null if there is none.</summary>
    public static DateTimeOffset? NextDeadline(this DeployableState state, DateTimeOffset now) =>
        state.AllDeadlines().Where(deadline => deadline > now).Select(deadline => (DateTimeOffset?)deadline).Min();

    /// <summary>Returns the state after the deadlines up to this time were judged.</summary>
    public static DeployableState Judged(this DeployableState state, DateTimeOffset until) =>
        state.Deadlines.Any(deadline => deadline <= until)
            ? state with { Deadlines = state.Deadlines.RemoveAll(deadline => deadline <= until) }
            : state;

    private static IEnumerable<DateTimeOffset> AllDeadlines(this DeployableState state) =>
        state.Launch?.Deadline is { } deadline ? state.Deadlines.Append(deadline) : state.Deadlines;

    /// <summary>Returns the sentence about a group that does not exist.</summary>
    public static string NoGroup(DeployableId id, string assembly) => $"deployable {id} has no group '{assembly}'";

    /// <summary>Returns the answer to a scaling that is refused or already durable, or null if it can begin.</summary>
    public static ConductorAnswer? AnswerToScale(this DeployableState state, ScaleRequest request, DeployableId id, int maxMembers)
    {
        if (state.Refuse(request, id, maxMembers) is { } refusal) return new(refusal.Outcome, refusal.Problems);
        if (state.UnfinishedScaling is not { } other) return null;
        var isSame = state.Scaling is { Finished: false } intent ? intent.IsFor(request) : state.Requested!.Asks(request);
        return isSame ? ConductorAnswer.Done : ConductorAnswer.Refuse(
            ConductorOutcome.ScalingUnfinished,
            $"group '{other.Assembly}' of deployable {id} is being scaled: wait until that is finished");
    }

    /// <summary>Returns the state of the last scaling of a group, or null if the last scaling was not of this group.</summary>
    public static ScalingReport? ReportScaling(this DeployableState state, string assembly) => state switch
    {
        { Requested: { } requested } when requested.Assembly == assembly =>
            new(requested.Count, IsFinished: false, Problem: requested.Problem, Quota: requested.Quota),
        { Scaling: { } last } when last.Assembly == assembly =>
            new(last.Count, last.Finished, last.Added.Length, last.Removed.Length, LeaveBy: last.Finished ? null : last.LeaveBy),
        _ => null,
    };

    /// <summary>Returns the answer to a conductor that takes a launch back. Null if the launch must still be taken back.</summary>
    public static ConductorAnswer? AnswerToAbandon(
        this DeployableState state, ConductorKey conductor, string digest, DeployableId id) => state switch
        {
            { Phase: DeployablePhase.Absent } => ConductorAnswer.Refuse(ConductorOutcome.NotFound, $"there is no deployable {id}"),
            _ when state.Conductor != conductor =>
                ConductorAnswer.Refuse(ConductorOutcome.NotYours, $"deployable {id} belongs to another conductor"),
            _ when state.Launch?.Digest != digest =>
                ConductorAnswer.Refuse(ConductorOutcome.NotFound, $"deployable {id} has no launch with this digest"),
            { Phase: DeployablePhase.Deleting } => ConductorAnswer.Done,
            { Launch.Sealed: not null } => ConductorAnswer.Refuse(
                ConductorOutcome.LaunchDiffers,
                $"deployable {id} is registered already, so its launch cannot be taken back; delete the deployable"),
            _ => null,
        };

    /// <summary>
    /// Returns the remaining state of a deleted deployable. This state still recognises an old incarnation and old commands.
    /// </summary>
    public static DeployableState Delete(this DeployableState state) =>
        new() { Incarnation = state.Incarnation, Commands = state.Commands, CommandsByConductor = state.CommandsByConductor };

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
        _ => state.UnfinishedScaling is not null || state.HandOver is not null || state.Launch is { Sealed: null }
            || state.Launch?.Deadline > now || !state.Deadlines.IsEmpty,
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

    /// <summary>Returns the part of the answer to a joining instance that depends on the deployable as a whole.</summary>
    public static ConductorOutcome AnswerToJoin(this DeployableState state, ConductorKey conductor) =>
        state.Conductor != conductor ? ConductorOutcome.NotYours
        : state.Phase == DeployablePhase.Deleting ? ConductorOutcome.BeingDeleted
        : ConductorOutcome.Done;

    /// <summary>
    /// Returns the refusal of a deletion, or the answer that the deletion is already done. Null if the deletion must be carried out.
    /// </summary>
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

    /// <summary>
    /// Returns the answer to a hand-over that is refused or already durable. Null if it can begin. A deployable that is changed as a whole
    /// is not handed over, so that its owner receives the result.
    /// </summary>
    public static ConductorAnswer? AnswerToHandOver(this DeployableState state, ConductorKey to, DeployableId id) => state switch
    {
        { Phase: DeployablePhase.Absent } => ConductorAnswer.Refuse(ConductorOutcome.NotFound, $"there is no deployable {id}"),
        { Phase: DeployablePhase.Deleting } =>
            ConductorAnswer.Refuse(ConductorOutcome.BeingDeleted, $"deployable {id} is being deleted"),
        { HandOver: { } other } when other.To == to => ConductorAnswer.Done,
        { HandOver: { } other } => ConductorAnswer.Refuse(
            ConductorOutcome.HandOverUnfinished,
            $"deployable {id} is being handed to conductor '{other.To}': wait until that is finished"),
        _ when state.Conductor == to => ConductorAnswer.Done,
        { Launch.Sealed: null, Launch: not null } => ConductorAnswer.Refuse(
            ConductorOutcome.LaunchUnfinished, $"deployable {id} is being launched; finish the launch first, or take it back"),
        { UnfinishedScaling: { } scaling } => ConductorAnswer.Refuse(
            ConductorOutcome.ScalingUnfinished,
            $"group '{scaling.Assembly}' of deployable {id} is being scaled: wait until that is finished"),
        _ => null,
    };

    /// <summary>Returns the state with the intent of a hand-over, if it can still begin.</summary>
    public static DeployableState BeginHandOver(this DeployableState state, ConductorKey to, long incarnation, DeployableId id) =>
        state.Incarnation == incarnation && state.AnswerToHandOver(to, id) is null
            ? state with { HandOver = new(state.Conductor, to) }
            : state;

    /// <summary>Returns the state with the new owner, unless the deployable is being deleted.</summary>
    public static DeployableState ChangeOwner(this DeployableState state, HandOverIntent intent) =>
        state.Phase == DeployablePhase.Active && state.HandOver == intent && state.Conductor != intent.To
            ? state with { Conductor = intent.To }
            : state;

    /// <summary>Returns the state without the intent of a hand-over.</summary>
    public static DeployableState EndHandOver(this DeployableState state, HandOverIntent intent) =>
        state.HandOver == intent ? state with { HandOver = null } : state;

    /// <summary>Returns the reason why a scaling is refused. Null if the scaling can begin.</summary>
    public static ScaleAnswer? Refuse(this DeployableState state, ScaleRequest request, DeployableId id, int maxMembers) => state switch
    {
        { Phase: DeployablePhase.Absent } => ScaleAnswer.Refuse(ConductorOutcome.NotFound, $"there is no deployable {id}"),
        _ when state.Conductor != request.Command.Conductor =>
            ScaleAnswer.Refuse(ConductorOutcome.NotYours, $"deployable {id} belongs to another conductor"),
        { Phase: DeployablePhase.Deleting } => ScaleAnswer.Refuse(ConductorOutcome.BeingDeleted, $"deployable {id} is being deleted"),
        { Launch.Sealed: null, Launch: not null } =>
            ScaleAnswer.Refuse(ConductorOutcome.LaunchUnfinished, $"deployable {id} is being launched; finish the launch first"),
        _ when Deadlines.Problem(request.Deadline) is { } late =>
            ScaleAnswer.Refuse(ConductorOutcome.SourcesRefused, $"the deadline {late}"),
        _ when Notices.Problem(request.Notice) is { } wrong =>
            ScaleAnswer.Refuse(ConductorOutcome.SourcesRefused, $"the notice {wrong}"),
        _ when request.LeavingNames.IsEmpty && (request.Count < 0 || request.Count > maxMembers) => ScaleAnswer.Refuse(
            ConductorOutcome.CountRefused, $"a group cannot have {request.Count} instances: 0 to {maxMembers} are allowed"),
        _ when request.LeavingNames.Length > maxMembers => ScaleAnswer.Refuse(
            ConductorOutcome.CountRefused, $"{request.LeavingNames.Length} members are named: at most {maxMembers} can leave at once"),
        _ when request.LeavingNames.Any(string.IsNullOrEmpty) => ScaleAnswer.Refuse(
            ConductorOutcome.CountRefused, "the name of a member is missing"),
        _ => null,
    };
}
