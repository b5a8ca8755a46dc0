using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Events;
using Audrey.Core.Differences;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Core.Limits;
using Audrey.Core.Replay;
using Audrey.Core.Statuses;
using Audrey.Grains.Concurrency;
using Audrey.Grains.Persistence;
using Audrey.Grains.Recovery;
using Audrey.Grains.Sets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Audrey.Grains.Deployable;

/// <inheritdoc cref="IDeployableGrain"/>
/// <remarks>
/// The shell of <see cref="DeployableMachine"/>. The grain loads and writes the row, and <see cref="ScaleCommands"/> and <see
/// cref="Deletion"/> carry out its intents. An intent is listed in the unfinished work before the intent itself is written.
/// </remarks>
[GrainType("deployable")]
internal sealed partial class DeployableGrain : Grain, IDeployableGrain
{
    private readonly DurableState<DeployableState> _row;
    private readonly DocumentLimits _limits;
    private readonly TimeProvider _time;
    private readonly ILogger<DeployableGrain> _logger;
    private readonly Membership _members;
    private readonly DeployableEvents _events;
    private readonly Reservations _reservations;
    private readonly LaunchCommands _launch;
    private readonly HandOver _handOver;
    private readonly ScaleCommands _scale;
    private readonly Deletion _deletion;
    private readonly WorkListing _listing;

    // Scalings and deletions run one after another. Their commands interleave with them.
    private readonly SerialExecutor _work = new();
    private IGrainTimer? _leaving;
    private (long Incarnation, Task Task) _deleting = (0, Task.CompletedTask);

    public DeployableGrain(
        [PersistentState("deployable", StorageNames.Rare)] IPersistentState<DeployableState> row,
        IGrainContext context, IGrainFactory grains, IConductorQuotas quotas,
        IOptions<DocumentLimits> limits, IOptions<RecoveryOptions> recovery, TimeProvider time, ILogger<DeployableGrain> logger)
    {
        Id = DeployableId.Parse(context.GrainId.Key.ToString()![2..]);
        _row = new(row, this, logger);
        (_limits, _time, _logger) = (limits.Value, time, logger);
        _members = new(grains, Id);
        _events = new(grains, Id, time);
        _deletion = new(grains, Id, _members, _events);
        _listing = new(grains, Id);
        _reservations = new(grains, Id, _members, quotas, () => State);
        var parts = new DeployableParts(Id, grains, _row, _members, _reservations, _events, _listing, _limits, time, logger);
        _launch = new(parts, recovery.Value.StalledLaunchAfter);
        _handOver = new(parts);
        _scale = new(parts, _work, EndWork, FinishScalingsAfter);
    }

    private DeployableId Id { get; }

    private DeployableState State => _row.Current;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // Version 0.1.0 listed only deletions as unfinished work, and judged a deadline only when a conductor requested the status after
        // it. So a deployable from that version is listed here, or its deadline is judged here.
        var now = _time.GetUtcNow();
        if (State.HasUnfinishedWork(now)) _listing.Begin(() => Task.CompletedTask).Ignore();
        else if (State.Launch?.Deadline is { } deadline && deadline <= now) _events.JudgeDeadline(State.Incarnation, deadline).Ignore();
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
            Scaling = _scale.Progress,
            AsOf = _time.GetUtcNow(),
            Incarnation = state.Incarnation,
        };
    }

    public ValueTask<ConductorKey?> GetOwner() =>
        ValueTask.FromResult<ConductorKey?>(State.Phase == DeployablePhase.Absent ? null : State.Conductor);

    public async Task<ImmutableArray<InstanceReport>> GetReports(int page, CancellationToken cancellationToken) =>
        State.Phase == DeployablePhase.Absent ? [] : await _members.Reports(State.Incarnation, page, cancellationToken);

    public Task<ImmutableArray<SourcedTally>> GetTallies(int page) => _members.Tallies(State.Incarnation, page);

    public async Task<ImmutableArray<MemberLabel>> GetLabels(int page) =>
        State.Phase == DeployablePhase.Absent ? [] : await _members.Labels(State.Incarnation, page);

    public Task<DeployableUsage?> GetUsage(ConductorKey conductor) => _reservations.GetUsage(conductor);

    public ValueTask<Ownership?> GetOwnership() => ValueTask.FromResult(State.Phase == DeployablePhase.Absent
        ? null
        : new Ownership(State.HandOver?.To ?? State.Conductor, State.HandOver is not null));

    public async Task<JoinAnswer> Join(Joining joining)
    {
        // An instance that is replaced is a member already.
        var exists = State.Phase != DeployablePhase.Absent;
        if (exists && (State.AnswerToJoin(joining.Conductor) != ConductorOutcome.Done || joining.Incarnation == State.Incarnation))
            return new(State.AnswerToJoin(joining.Conductor), State.Incarnation, joining.Page);
        using var reservation = await _reservations.Reserve(joining.Conductor, [joining.Instance.Value]);
        if (reservation.Excess is { } excess) return new(ConductorOutcome.QuotaExceeded, State.Incarnation, 0, excess);
        if (State.Phase == DeployablePhase.Absent)
        {
            // The list is written first. The list may name a deployable that was never created, but it must name every deployable that was
            // created.
            await GrainFactory.Deployables(joining.Conductor).Add(Id.Value);
            if (await _reservations.Confirm(joining.Conductor) is { } late)
                return new(ConductorOutcome.QuotaExceeded, State.Incarnation, 0, late);
            await _row.Update(state => state.Create(joining.Conductor, joining.Name, _time.GetUtcNow()));
            if (State.Conductor != joining.Conductor) await GrainFactory.Deployables(joining.Conductor).Remove(Id.Value);
            _reservations.Created(State.Incarnation);
            _events.Begin(State.Incarnation);
        }

        var (outcome, incarnation) = (State.AnswerToJoin(joining.Conductor), State.Incarnation);
        if (outcome != ConductorOutcome.Done || joining.Incarnation == incarnation) return new(outcome, incarnation, joining.Page);
        var page = (await _members.Join(incarnation, joining.Instance.Value))[0];
        reservation.AreMembers = true;
        return new(outcome, incarnation, page);
    }

    public async Task<ConductorAnswer> Delete(ConductorCommand command)
    {
        var answer = await BeginDelete(command);
        if (answer.Outcome == ConductorOutcome.Done) await FinishDeletion();
        return answer;
    }

    public async Task<ConductorAnswer> BeginDelete(ConductorCommand command)
    {
        if (State.AnswerToDelete(command, Id) is { } answer)
        {
            // A refused command is remembered as well, so that it cannot delete a deployable that is registered under this id later.
            if (answer.Outcome != ConductorOutcome.NotYours) await _row.Update(state => state.Remember(command.AsRefused));
            return answer;
        }

        await BeginDeletion(state => state.Remember(command));
        FinishDeletion().Ignore();
        return ConductorAnswer.Done;
    }

    public async Task<ConductorAnswer> Refuse(ConductorCommand command)
    {
        if (State.AnswerToDelete(command, Id) is { Outcome: not ConductorOutcome.NotFound } answer) return answer;
        await _row.Update(state => state.Remember(command.AsRefused));
        return ConductorAnswer.Refuse(ConductorOutcome.NonceRefused, "the request was refused");
    }

    public Task<LaunchAnswer> BeginLaunch(LaunchRequest request) => _launch.Begin(request);

    public Task<LaunchJoined> JoinLaunch(LaunchKey launch, ImmutableArray<InstanceId> instances) =>
        _launch.Join(launch, [.. instances.Select(instance => new JoiningInstance(instance, 0))]);

    public Task<LaunchJoined> JoinPiece(LaunchKey launch, ImmutableArray<JoiningInstance> instances) => _launch.Join(launch, instances);

    public async Task<ConductorAnswer> SealLaunch(LaunchKey launch)
    {
        var answer = await _launch.Seal(launch);
        if (answer.Outcome == ConductorOutcome.Done) await EndWork();
        return answer;
    }

    public Task<int> CountLaunched(LaunchKey launch, int page) =>
        State.Is(launch) ? _members.CountLaunched(launch, page) : Task.FromResult(0);

    public async Task<ConductorAnswer> AbandonLaunch(LaunchKey launch)
    {
        if (!State.Is(launch)) return ConductorAnswer.Done;
        if (State.Launch!.Sealed is not null)
            return ConductorAnswer.Refuse(ConductorOutcome.LaunchEnded, $"deployable {Id} is already launched");
        await BeginDeletion(state => state);
        await FinishDeletion();
        return ConductorAnswer.Done;
    }

    public async Task<ConductorAnswer> BeginAbandon(ConductorKey conductor, string digest)
    {
        if (State.AnswerToAbandon(conductor, digest, Id) is { } answer) return answer;
        await BeginDeletion(state => state, onlyUnsealed: true);
        FinishDeletion().Ignore();

        // The launch may have been sealed in the meantime.
        return State.AnswerToAbandon(conductor, digest, Id) ?? ConductorAnswer.Done;
    }

    public Task<ScaleAnswer> Scale(ScaleRequest request) => _scale.Scale(request);

    public Task<ConductorAnswer> BeginScale(ScaleRequest request) => _scale.Begin(request);

    public Task<ScalingReport?> GetScaling(ConductorKey conductor, string assembly) => _scale.GetScaling(conductor, assembly);

    public Task<ScaledPage> GetScaled(ScaledRequest request) => _scale.GetScaled(request);

    public async Task<ConductorAnswer> HandOver(ConductorKey to)
    {
        var answer = await _handOver.Begin(to);
        if (answer.Outcome == ConductorOutcome.Done) await FinishHandOver();
        return answer;
    }

    public async Task<ConductorAnswer> BeginHandOver(ConductorKey to)
    {
        var answer = await _handOver.Begin(to);
        if (answer.Outcome == ConductorOutcome.Done) FinishHandOver().Ignore();
        return answer;
    }

    public async Task<DateTimeOffset?> Resume()
    {
        if (State.Phase == DeployablePhase.Deleting) await FinishDeletion();
        if (State.Phase == DeployablePhase.Absent) return null;
        if (State.HandOver is not null) await FinishHandOver();
        if (State.UnfinishedScaling is not null) await _work.Run(_scale.Finish);
        var due = State.Launch is { Sealed: null } launch ? await ResumeLaunch(launch) : null;
        if (State.Phase != DeployablePhase.Active) return due;
        var now = _time.GetUtcNow();
        foreach (var deadline in State.DeadlinesUntil(now)) await _events.JudgeDeadline(State.Incarnation, deadline);
        await _row.Update(state => state.Judged(now));
        if (State.Scaling is { Finished: false, LeaveBy: { } leaveBy } && !(due < leaveBy)) due = leaveBy;
        return State.NextDeadline(now) is { } next && !(due < next) ? next : due;
    }

    public Task ExpectBy(long incarnation, DateTimeOffset deadline) => _listing.Begin(() => _row.Update(state =>
        state.Phase == DeployablePhase.Active && state.Incarnation == incarnation ? state.Expect(deadline) : state));

    /// <summary>Deletes the deployable if its launch has stalled.</summary>
    /// <returns>The time of the next necessary call of this method, or null if no further call is needed.</returns>
    private async Task<DateTimeOffset?> ResumeLaunch(LaunchIntent launch)
    {
        var (hasStalled, due) = await _launch.Judge(launch);
        if (!hasStalled) return due;
        await BeginDeletion(state => state, onlyUnsealed: true);
        await FinishDeletion();
        return null;
    }

    /// <summary>
    /// Continues the scalings after a while, because members that leave still hand over their work. If that fails, it is tried again.
    /// </summary>
    private void FinishScalingsAfter(TimeSpan delay)
    {
        _leaving?.Dispose();
        _leaving = this.RegisterGrainTimer(
            Continue, new() { DueTime = delay, Period = TimeSpan.FromSeconds(10), Interleave = true, KeepAlive = true });

        async Task Continue(CancellationToken cancellation)
        {
            await _work.Run(_scale.Finish);
            if (State.UnfinishedScaling is null) _leaving?.Dispose();
        }
    }

    private Task FinishHandOver() => _work.Run(async () =>
    {
        await _handOver.CarryOut();
        await EndWork();
    });

    /// <summary>Writes that the deployable is being deleted, together with another change.</summary>
    private Task BeginDeletion(Func<DeployableState, DeployableState> change, bool onlyUnsealed = false)
    {
        var incarnation = State.Incarnation;
        var write = () => _row.Update(state =>
            state.Phase == DeployablePhase.Active && state.Incarnation == incarnation && !(onlyUnsealed && state.Launch?.Sealed is not null)
                ? change(state) with { Phase = DeployablePhase.Deleting }
                : change(state));
        return State.Phase == DeployablePhase.Active ? _listing.Begin(write) : write();
    }

    private Task FinishDeletion()
    {
        if (_deleting.Task.IsCompleted || _deleting.Incarnation != State.Incarnation)
            _deleting = (State.Incarnation, _work.Run(DeleteAll));
        return _deleting.Task;
    }

    private async Task DeleteAll()
    {
        if (State.Phase != DeployablePhase.Deleting) return;
        LogDeletionBegins(_logger, Id.Value);
        var conductor = State.Conductor;
        await _deletion.CarryOut(State);
        await _reservations.Shrink(conductor);
        await _row.Update(state => state.Delete());
        await EndWork();
        LogDeletionEnds(_logger, Id.Value);
    }

    /// <summary>
    /// Removes the deployable from the list of unfinished work, unless more work is left. A deadline is judged when the list resumes the
    /// deployable.
    /// </summary>
    private Task EndWork() => _listing.End(() => !State.HasUnfinishedWork(_time.GetUtcNow()) && State.Launch?.Deadline is null);
}
