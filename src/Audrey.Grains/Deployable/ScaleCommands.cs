using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Audrey.Core.Statuses;
using Audrey.Grains.Concurrency;
using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Deployable;

/// <summary>Begins and finishes the scalings of a deployable's groups, one after another.</summary>
/// <param name="parts">The objects of the activation.</param>
/// <param name="work">Runs the work of the activation, one piece after another.</param>
/// <param name="endWork">Removes the deployable from the unfinished work, unless more work is left.</param>
/// <param name="finishAfter">Calls <see cref="Finish"/> after a while.</param>
internal sealed partial class ScaleCommands(DeployableParts parts, SerialExecutor work, Func<Task> endWork, Action<TimeSpan> finishAfter)
{
    /// <summary>The time after which members that leave are asked again whether they are done.</summary>
    private static readonly TimeSpan LeaveInterval = TimeSpan.FromMilliseconds(500);

    private readonly Scaling _scaling = new(parts.Grains, parts.Id, parts.Members);
    private ImmutableArray<InstanceId>? _begun;
    private ScaleIntent? _waiting;

    /// <summary>The scaling that is not finished. It says when members leave only if members that leave hand over their work.</summary>
    public ScaleProgress? Progress => State.UnfinishedScaling is { } progress && !IsWaiting
        ? progress with { LeaveBy = null }
        : State.UnfinishedScaling;

    private bool IsWaiting => _waiting is not null && ReferenceEquals(State.Scaling, _waiting);

    private DeployableId Id => parts.Id;

    private DeployableState State => parts.State;

    /// <inheritdoc cref="IDeployableGrain.Scale"/>
    public Task<ScaleAnswer> Scale(ScaleRequest request) => work.Run(async () =>
    {
        if (State.Refuse(request, Id, parts.Limits.MaxGroupMembers) is { } refusal) return refusal;

        // An unfinished scaling is finished first, whatever the new request contains.
        if (State.UnfinishedScaling is not null)
        {
            await ShortenNotice(request);
            await Finish();
            if (Unfinished() is { } other) return other;
            if (State.Scaling is { } done && done.IsFor(request)) return done.Answer;
        }

        if (State.Judge(request.Command) != Freshness.Fresh)
        {
            return State.Scaling is { } known && known.Mark == request.Command.Mark
                ? known.Answer
                : ScaleAnswer.Refuse(ConductorOutcome.NonceRefused, "the same request was carried out before");
        }

        var (incarnation, requested) = (State.Incarnation, RequestedScaling.Of(request, parts.Time.GetUtcNow()));
        var (group, references, ungrouped) = await _scaling.MembersOf(incarnation, request.Assembly, request.Count);
        if (group.Count == 0) return ScaleAnswer.Refuse(ConductorOutcome.NotFound, DeployableMachine.NoGroup(Id, request.Assembly));
        if (request.Recall && State.Scaling is { } last && last.DidCome(requested, group)) return last.AnswerOfNow(group);
        if (ProblemOf(requested, group, references) is { } problem) return ScaleAnswer.Refuse(ConductorOutcome.CountRefused, problem);
        using var reservation = await parts.Reservations.Reserve(State.Conductor, requested.StoredGrowthOf(group));
        if (reservation.Excess is { } excess) return ScaleAnswer.Refuse(excess);
        var intent = ScaleIntent.Decide(requested, request.Command.Mark, group, ungrouped);
        var write = () => parts.Row.Update(state =>
            state.Phase == DeployablePhase.Active ? state.Remember(request.Command).BeginScaling(intent) : state);
        await (intent.Finished ? write() : parts.Listing.Begin(write));

        // A deletion may have begun in the meantime.
        if (State.Refuse(request, Id, parts.Limits.MaxGroupMembers) is { } late) return late;
        await Finish();
        return Unfinished() ?? intent.Answer;
    });

    /// <inheritdoc cref="IDeployableGrain.BeginScale"/>
    public async Task<ConductorAnswer> Begin(ScaleRequest request)
    {
        if (State.AnswerToScale(request, Id, parts.Limits.MaxGroupMembers) is { } answer)
        {
            if (answer.Outcome == ConductorOutcome.Done) await ShortenNotice(request);
            return answer;
        }

        var (incarnation, asked) = (State.Incarnation, parts.Time.GetUtcNow());
        await parts.Listing.Begin(() => parts.Row.Update(state => state.RequestScaling(request, incarnation, asked)));

        // Another command may have been first. If there is nothing unfinished, the scaling is finished or refused already.
        var now = State.AnswerToScale(request, Id, parts.Limits.MaxGroupMembers) ?? ConductorAnswer.Done;
        work.Run(Finish).Ignore();
        return now;
    }

    /// <inheritdoc cref="IDeployableGrain.GetScaling"/>
    public async Task<ScalingReport?> GetScaling(ConductorKey conductor, string assembly)
    {
        var state = State;
        if (state.Conductor != conductor || state.ReportScaling(assembly) is not { } report) return null;
        if (!IsWaiting) report = report with { LeaveBy = null };
        if (state.Requested is not { NamesMembers: true, Problem: null }) return report;

        // The number that remains is not decided yet. Until then the group has the number of now.
        var (group, _, _) = await _scaling.MembersOf(state.Incarnation, assembly, count: 0);
        return report with { Count = group.Count(member => !member.IsPrototype) };
    }

    /// <inheritdoc cref="IDeployableGrain.GetScaled"/>
    public async Task<ScaledPage> GetScaled(ScaledRequest request)
    {
        var state = State;
        if (state.Conductor != request.Conductor || state.ReportScaling(request.Assembly) is not { Problem: null } report)
            return ScaledPage.Of(ConductorOutcome.NotFound);
        return report.IsFinished
            ? await _scaling.Read(state.Incarnation, state.Scaling!, request)
            : ScaledPage.Of(ConductorOutcome.ScalingUnfinished);
    }

    /// <summary>
    /// Decides and carries out the scalings that have begun, until none is left, or members that leave still hand over their work, or the
    /// deployable is being deleted.
    /// </summary>
    public async Task Finish()
    {
        while (State.Phase == DeployablePhase.Active)
        {
            if (State.Scaling is { Finished: false } intent)
            {
                if (!await CarryOut(intent))
                {
                    // Nothing waits here, so that other work of the deployable can run.
                    _waiting = State.Scaling;
                    finishAfter(LeaveInterval);
                    return;
                }
            }
            else if (State.Requested is { Problem: null } requested)
            {
                await Decide(requested);
            }
            else
            {
                return;
            }
        }
    }

    private async Task<bool> CarryOut(ScaleIntent intent)
    {
        // The steps of a scaling whose members hand over their work are carried out several times.
        if (_begun != intent.Members) LogScalingBegins(parts.Logger, Id.Value, intent.Assembly, intent.Count);
        _begun = intent.Members;
        await parts.Reservations.Shrink(State.Conductor);
        if (!await _scaling.CarryOut(State, intent)) return false;
        await parts.Events.Scaled(State.Incarnation, intent);
        await parts.Row.Update(state => state.Finish(intent));
        await parts.Reservations.Shrink(State.Conductor);
        LogScalingEnds(parts.Logger, Id.Value, intent.Assembly);
        await endWork();
        return true;
    }

    private async Task Decide(RequestedScaling requested)
    {
        var (group, references, ungrouped) = await _scaling.MembersOf(State.Incarnation, requested.Assembly, requested.Count);
        var problem = group.Count == 0 ? DeployableMachine.NoGroup(Id, requested.Assembly) : ProblemOf(requested, group, references);
        using var reservation = await parts.Reservations.Reserve(
            State.Conductor, problem is null ? requested.StoredGrowthOf(group) : 0);
        problem ??= reservation.Excess?.Describe();
        await parts.Row.Update(state => state.Decide(requested, group, ungrouped, problem, reservation.Excess));
        if (State.UnfinishedScaling is null) await endWork();
    }

    /// <summary>Shortens the notice of an unfinished scaling, if the same scaling is requested again with a shorter one.</summary>
    private Task ShortenNotice(ScaleRequest request)
    {
        var now = parts.Time.GetUtcNow();
        return parts.Row.Update(state => state.ShortenNotice(request, now));
    }

    /// <summary>Returns the reason why a group cannot have the requested size, or null if it can.</summary>
    private string? ProblemOf(RequestedScaling requested, List<InstanceConfig> group, long references) =>
        requested.GrowthOf(group) > 0 && GroupReferences.ProblemOf(references, parts.Limits) is { } problem
            ? $"a group cannot have {requested.Count} instances: {problem}"
            : null;

    /// <summary>Returns the answer while members that leave still hand over their work. Null if no scaling is unfinished.</summary>
    private ScaleAnswer? Unfinished() => State is { Phase: DeployablePhase.Active, UnfinishedScaling: { } scaling }
        ? ScaleAnswer.Refuse(
            ConductorOutcome.ScalingUnfinished,
            $"members of group '{scaling.Assembly}' of deployable {Id} hand over their work before they are removed")
        : null;

    [LoggerMessage(LogLevel.Information, "Group {Assembly} of deployable {Deployable} is being scaled to {Count} instances")]
    private static partial void LogScalingBegins(ILogger logger, string deployable, string assembly, int count);

    [LoggerMessage(LogLevel.Information, "Group {Assembly} of deployable {Deployable} is scaled")]
    private static partial void LogScalingEnds(ILogger logger, string deployable, string assembly);
}
