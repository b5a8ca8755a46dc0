using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Limits;
using Audrey.Core.Replay;
using Audrey.Core.Statuses;
using Audrey.Grains.Persistence;
using Audrey.Grains.Recovery;
using Audrey.Grains.Sets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Audrey.Grains.Deployable;

/// <inheritdoc cref="IDeployableGrain"/>
/// <remarks>The shell of <see cref="DeployableMachine"/>. It loads and writes the row, and <see cref="Scaling"/> and <see cref="Deletion"/>
/// carry out its intents. An intent is listed in the unfinished work before it is written.</remarks>
[GrainType("deployable")]
internal sealed partial class DeployableGrain : Grain, IDeployableGrain
{
    private readonly DurableState<DeployableState> _row;
    private readonly int _maxMembers;
    private readonly TimeSpan _stalledLaunchAfter;
    private readonly TimeProvider _time;
    private readonly ILogger<DeployableGrain> _logger;
    private readonly Membership _members;
    private readonly DeployableEvents _events;
    private readonly Scaling _scaling;
    private readonly Deletion _deletion;
    private Task _deleting = Task.CompletedTask;
    private DateTimeOffset _lastJoin;

    public DeployableGrain(
        [PersistentState("deployable", StorageNames.Rare)] IPersistentState<DeployableState> row,
        IGrainContext context, IGrainFactory grains,
        IOptions<DocumentLimits> limits, IOptions<RecoveryOptions> recovery, TimeProvider time, ILogger<DeployableGrain> logger)
    {
        Id = DeployableId.Parse(context.GrainId.Key.ToString()![2..]);
        _row = new(row, this, logger);
        (_maxMembers, _stalledLaunchAfter) = (limits.Value.MaxGroupMembers, recovery.Value.StalledLaunchAfter);
        (_time, _logger) = (time, logger);
        _members = new(grains, Id);
        _events = new(grains, Id, time);
        _scaling = new(grains, Id, _members);
        _deletion = new(grains, Id, _members, _events);
    }

    private DeployableId Id { get; }

    private DeployableState State => _row.Current;

    private IUnfinishedWorkGrain UnfinishedWork => GrainFactory.UnfinishedWorkOf(Id);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // Version 0.1.0 listed only deletions. It judged a deadline only when a conductor asked for the status after it had passed.
        var now = _time.GetUtcNow();
        if (State.HasUnfinishedWork(now)) UnfinishedWork.Begin(Id).Ignore();
        else if (State.Launch?.Deadline <= now) _events.JudgeDeadline(State.Incarnation).Ignore();
        return Task.CompletedTask;
    }

    public async Task<DeployableHeader?> GetHeader()
    {
        var state = State;
        if (state.Phase == DeployablePhase.Absent) return null;
        var members = await _members.SetOf(state.Incarnation).Read(0);
        return new()
        {
            Id = Id,
            Name = state.Name,
            Conductor = state.Conductor,
            Registered = state.Registered,
            Pages = members.Pages,
            Deleting = state.Phase == DeployablePhase.Deleting,
            Launch = state.Launch?.Progress,
            Scaling = state.Scaling is { Finished: false } scaling ? new(scaling.Assembly, scaling.Count) : null,
            AsOf = _time.GetUtcNow(),
            Incarnation = state.Incarnation,
        };
    }

    public async Task<ImmutableArray<InstanceReport>> GetReports(int page, CancellationToken cancellationToken)
    {
        var state = State;
        return state.Phase == DeployablePhase.Absent ? [] : await _members.Reports(state.Incarnation, page, cancellationToken);
    }

    public async Task<JoinAnswer> Join(Joining joining)
    {
        if (State.Phase == DeployablePhase.Absent)
        {
            // The list is written first: it can name a deployable that was never created, but it must not lack one that was.
            await GrainFactory.Deployables(joining.Conductor).Add(Id.Value);
            await _row.Update(state => state.Create(joining.Conductor, joining.Name, _time.GetUtcNow()));
            if (State.Conductor != joining.Conductor) await GrainFactory.Deployables(joining.Conductor).Remove(Id.Value);
            _events.Begin(State.Incarnation);
        }

        var (outcome, incarnation) = (State.AnswerToJoin(joining.Conductor), State.Incarnation);
        if (outcome != ConductorOutcome.Done || joining.Incarnation == incarnation) return new(outcome, incarnation, joining.Page);
        return new(outcome, incarnation, (await _members.Join(incarnation, joining.Instance.Value))[0]);
    }

    public async Task<ConductorAnswer> Delete(ConductorCommand command)
    {
        if (State.AnswerToDelete(command, Id) is { } answer)
        {
            // A refused command is remembered as well: it must not delete a deployable of this id that is registered later.
            await _row.Update(state => state.Remember(command));
            return answer;
        }

        await BeginDeletion(state => state.Remember(command));
        await FinishDeletion();
        return ConductorAnswer.Done;
    }

    public async Task<LaunchAnswer> BeginLaunch(LaunchRequest request)
    {
        var conductor = request.Command.Conductor;
        if (State.AnswerTo(request) is { } known) return known;

        // A request that was sent before a deletion must not create anything after it.
        if (State.Judge(request.Command) != Freshness.Fresh) return new(ConductorOutcome.NonceRefused);

        // The lists are written first: they can name a deployable that was never created, but they must not lack one that was.
        await Task.WhenAll(GrainFactory.Deployables(conductor).Add(Id.Value), UnfinishedWork.Begin(Id));
        var before = State.Incarnation;
        await _row.Update(state => state.BeginLaunch(request, _time.GetUtcNow()));
        if (State.Conductor != conductor) await GrainFactory.Deployables(conductor).Remove(Id.Value);
        if (State.Incarnation == before || State.Launch is null) return State.AnswerTo(request) ?? new(ConductorOutcome.BeingDeleted);
        LogLaunchBegins(_logger, Id.Value, request.Instances);
        _events.Begin(State.Incarnation);
        return new(ConductorOutcome.Done, State.Incarnation);
    }

    public async Task<LaunchJoined> JoinLaunch(LaunchKey launch, ImmutableArray<InstanceId> instances)
    {
        if (!State.IsUnderWay(launch)) return new(ConductorOutcome.LaunchEnded, []);
        _lastJoin = _time.GetUtcNow();
        return new(ConductorOutcome.Done, await _members.Join(launch.Incarnation, [.. instances.Select(instance => instance.Value)]));
    }

    public async Task<ConductorAnswer> SealLaunch(LaunchKey launch)
    {
        if (!State.Is(launch))
            return ConductorAnswer.Refuse(ConductorOutcome.LaunchEnded, $"deployable {Id} was deleted while it was launched");
        if (State.Launch!.Sealed is not null) return ConductorAnswer.Done;
        var members = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var batch in _members.Batches(State.Incarnation)) members.UnionWith(batch);
        if (members.Count < State.Launch.Instances)
        {
            return ConductorAnswer.Refuse(
                ConductorOutcome.LaunchEnded,
                $"deployable {Id} has {members.Count} of the {State.Launch.Instances} instances that it was to have");
        }

        await _row.Update(state => state.Seal(_time.GetUtcNow()));
        LogLaunchEnds(_logger, Id.Value);
        await EndWork();
        return ConductorAnswer.Done;
    }

    public async Task<ConductorAnswer> AbandonLaunch(LaunchKey launch)
    {
        if (!State.Is(launch)) return ConductorAnswer.Done;
        if (State.Launch!.Sealed is not null)
            return ConductorAnswer.Refuse(ConductorOutcome.LaunchEnded, $"deployable {Id} is launched already");
        await BeginDeletion(state => state);
        await FinishDeletion();
        return ConductorAnswer.Done;
    }

    public async Task<ScaleAnswer> Scale(ScaleRequest request)
    {
        if (State.Refuse(request, Id, _maxMembers) is { } refusal) return refusal;

        // An unfinished scaling is finished first, whatever the new request asks for.
        if (State.Scaling is { Finished: false } unfinished)
        {
            await FinishScaling(unfinished);
            if (unfinished.Assembly == request.Assembly && unfinished.Count == request.Count) return unfinished.Answer;
        }

        if (State.Judge(request.Command) != Freshness.Fresh)
        {
            return State.Scaling is { } known && known.Mark == request.Command.Mark
                ? known.Answer
                : ScaleAnswer.Refuse(ConductorOutcome.NonceRefused, "the same request was carried out before");
        }

        var group = await _scaling.MembersOf(State.Incarnation, request.Assembly);
        if (group.Count == 0) return ScaleAnswer.Refuse(ConductorOutcome.NotFound, $"deployable {Id} has no group '{request.Assembly}'");
        if (request.Recall && State.Scaling is { } last && last.DidCome(request, group)) return last.AnswerOfNow(group);
        var intent = ScaleIntent.Decide(request, group);
        if (!intent.Finished) await UnfinishedWork.Begin(Id);
        await _row.Update(state => state.Remember(request.Command) with { Scaling = intent });
        if (!intent.Finished) await FinishScaling(intent);
        return intent.Answer;
    }

    public async Task<DateTimeOffset?> Resume()
    {
        if (State.Phase == DeployablePhase.Deleting) await FinishDeletion();
        if (State.Phase == DeployablePhase.Absent) return null;
        if (State.Scaling is { Finished: false } scaling) await FinishScaling(scaling);
        var due = State.Launch is { Sealed: null } launch ? await ResumeLaunch(launch) : null;
        if (State is not { Phase: DeployablePhase.Active, Launch.Deadline: { } deadline }) return due;
        if (deadline > _time.GetUtcNow()) return due < deadline ? due : deadline;
        await _events.JudgeDeadline(State.Incarnation);
        return due;
    }

    /// <summary>
    /// Deletes the deployable if its launch has made no progress for a long time and none of its guests has made contact. Otherwise the
    /// guests may have begun their work, so the launch stays and the conductor decides.
    /// </summary>
    /// <returns>When this must be called again, or null if it need not be.</returns>
    private async Task<DateTimeOffset?> ResumeLaunch(LaunchIntent launch)
    {
        var (lastJoin, progress) = (_lastJoin, _lastJoin > launch.Begun ? _lastJoin : launch.Begun);
        if (progress + _stalledLaunchAfter > _time.GetUtcNow()) return progress + _stalledLaunchAfter;

        // The times at which instances joined are only in memory. After a restart they are read from the instances.
        var pages = (await _members.SetOf(State.Incarnation).Read(0)).Pages;
        for (var page = 0; page < pages; page++)
        {
            foreach (var report in await _members.Reports(State.Incarnation, page, CancellationToken.None))
            {
                if (report.FirstContact is not null) return null;
                if (report.Registered > progress) progress = report.Registered;
            }
        }

        if (_lastJoin > lastJoin) progress = _lastJoin;
        if (progress + _stalledLaunchAfter > _time.GetUtcNow()) return progress + _stalledLaunchAfter;
        LogLaunchStalled(_logger, Id.Value, progress);
        await BeginDeletion(state => state);
        await FinishDeletion();
        return null;
    }

    private async Task FinishScaling(ScaleIntent intent)
    {
        LogScalingBegins(_logger, Id.Value, intent.Assembly, intent.Count);
        await _scaling.CarryOut(State, intent);
        await _events.Scaled(State.Incarnation, intent);
        await _row.Update(state => state.Finish(intent));
        LogScalingEnds(_logger, Id.Value, intent.Assembly);
        await EndWork();
    }

    /// <summary>Writes that the deployable is being deleted, together with another change.</summary>
    private async Task BeginDeletion(Func<DeployableState, DeployableState> change)
    {
        if (State.Phase == DeployablePhase.Active) await UnfinishedWork.Begin(Id);
        await _row.Update(state =>
            state.Phase == DeployablePhase.Active ? change(state) with { Phase = DeployablePhase.Deleting } : change(state));
    }

    private async Task FinishDeletion()
    {
        if (_deleting.IsCompleted) _deleting = DeleteAll();
        await _deleting;
    }

    private async Task DeleteAll()
    {
        LogDeletionBegins(_logger, Id.Value);
        await _deletion.CarryOut(State);
        await _row.Update(state => state.Delete());
        await UnfinishedWork.End(Id);
        LogDeletionEnds(_logger, Id.Value);
    }

    /// <summary>
    /// Removes the deployable from the list of unfinished work, unless more work is left. A deadline is judged when the list resumes the
    /// deployable.
    /// </summary>
    private Task EndWork() =>
        State.HasUnfinishedWork(_time.GetUtcNow()) || State.Launch?.Deadline is not null ? Task.CompletedTask : UnfinishedWork.End(Id);
}
