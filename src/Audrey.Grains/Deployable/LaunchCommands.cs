using System.Collections.Immutable;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Core.Registration;
using Audrey.Core.Replay;
using Audrey.Grains.Sets;

namespace Audrey.Grains.Deployable;

/// <summary>Begins, continues and ends the launch of a deployable.</summary>
internal sealed partial class LaunchCommands(DeployableParts parts, TimeSpan stalledLaunchAfter)
{
    /// <summary>The maximum number of problems in an answer.</summary>
    private const int MaxProblems = 100;

    // The references to groups of the instances that have joined in this activation. The end of the launch counts all of them.
    private readonly Dictionary<InstanceId, long> _groupReferences = [];
    private long _allGroupReferences;
    private DateTimeOffset _lastJoin;

    private DeployableState State => parts.State;

    /// <inheritdoc cref="IDeployableGrain.BeginLaunch"/>
    public async Task<LaunchAnswer> Begin(LaunchRequest request)
    {
        var conductor = request.Command.Conductor;
        if (State.AnswerTo(request) is { } known) return known;
        if (Deadlines.Problem(request.Deadline) is not null) return new(ConductorOutcome.SourcesRefused);

        // A request that was sent before a deletion must not create a deployable after the deletion.
        if (State.Judge(request.Command) != Freshness.Fresh) return new(ConductorOutcome.NonceRefused);
        using var reservation = await parts.Reservations.Reserve(conductor, request.Instances);
        if (reservation.Excess is { } excess) return new(ConductorOutcome.QuotaExceeded, Quota: excess);

        // The lists are written first. The lists may name a deployable that was never created, but they must name every deployable that was
        // created.
        var adding = parts.Grains.Deployables(conductor).Add(parts.Id.Value);
        var before = State.Incarnation;
        QuotaExcess? late = null;
        await parts.Listing.Begin(async () =>
        {
            await adding;
            late = await parts.Reservations.Confirm(conductor);
            if (late is null) await parts.Row.Update(state => state.BeginLaunch(request, parts.Time.GetUtcNow()));
        });
        if (late is not null) return new(ConductorOutcome.QuotaExceeded, Quota: late);
        if (State.Conductor != conductor) await parts.Grains.Deployables(conductor).Remove(parts.Id.Value);
        if (State.Incarnation == before || State.Launch is null) return State.AnswerTo(request) ?? new(ConductorOutcome.BeingDeleted);
        _groupReferences.Clear();
        _allGroupReferences = 0;
        parts.Reservations.Created(State.Incarnation);
        reservation.AreMembers = true;
        LogLaunchBegins(parts.Logger, parts.Id.Value, request.Instances);
        parts.Events.Begin(State.Incarnation);
        return new(ConductorOutcome.Done, State.Incarnation);
    }

    /// <inheritdoc cref="IDeployableGrain.JoinPiece"/>
    public async Task<LaunchJoined> Join(LaunchKey launch, ImmutableArray<JoiningInstance> instances)
    {
        if (!State.IsUnderWay(launch)) return new(ConductorOutcome.LaunchEnded, []);
        _lastJoin = parts.Time.GetUtcNow();
        if (Refuse(instances) is { } refusal) return new(refusal.Outcome, [], refusal);
        ImmutableArray<string> ids = [.. instances.Select(joining => joining.Instance.Value)];
        using var reservation = await parts.Reservations.Reserve(State.Conductor, ids);
        if (reservation.Excess is { } excess) return new(ConductorOutcome.QuotaExceeded, [], ConductorAnswer.Refuse(excess));

        // The launch can have ended in the meantime.
        if (!State.IsUnderWay(launch)) return new(ConductorOutcome.LaunchEnded, []);
        var pages = await parts.Members.Join(launch.Incarnation, ids);
        reservation.AreMembers = true;
        return new(ConductorOutcome.Done, pages);
    }

    /// <inheritdoc cref="IDeployableGrain.SealLaunch"/>
    public async Task<ConductorAnswer> Seal(LaunchKey launch)
    {
        if (!State.Is(launch))
            return ConductorAnswer.Refuse(ConductorOutcome.LaunchEnded, $"deployable {parts.Id} was deleted during its launch");
        if (State.Launch!.Sealed is not null) return ConductorAnswer.Done;
        var (members, outlines) = await parts.Members.Outlines(launch);
        if (members < State.Launch.Instances)
        {
            return ConductorAnswer.Refuse(
                ConductorOutcome.InstancesMissing,
                $"deployable {parts.Id} has only {members} of the {State.Launch.Instances} instances of its launch");
        }

        var problems = RegistrationCheck.Fit(outlines, parts.Limits).Problems;
        if (!problems.IsEmpty)
        {
            LogLaunchRefused(parts.Logger, parts.Id.Value, problems.Length);
            return Refuse([.. problems.Select(problem => problem.Message)]);
        }

        await parts.Row.Update(state => state.Seal(parts.Time.GetUtcNow()));
        LogLaunchEnds(parts.Logger, parts.Id.Value);
        return ConductorAnswer.Done;
    }

    /// <summary>
    /// Returns whether a launch has made no progress for a long time and none of its guests has made contact, so that the deployable must
    /// be deleted. Otherwise the guests may have begun their work, and the conductor decides.
    /// </summary>
    /// <returns>Whether the launch has stalled, and the time of the next necessary call of this method. Null if none is needed.</returns>
    public async Task<(bool HasStalled, DateTimeOffset? Due)> Judge(LaunchIntent launch)
    {
        var (lastJoin, progress) = (_lastJoin, _lastJoin > launch.Begun ? _lastJoin : launch.Begun);
        if (progress + stalledLaunchAfter > parts.Time.GetUtcNow()) return (false, progress + stalledLaunchAfter);

        // The times at which instances joined are only in memory. After a restart these times are read from the instances.
        var pages = (await parts.Members.SetOf(State.Incarnation).Read(0)).Pages;
        for (var page = 0; page < pages; page++)
        {
            foreach (var report in await parts.Members.Reports(State.Incarnation, page, CancellationToken.None))
            {
                if (report.FirstContact is not null) return default;
                if (report.Registered > progress) progress = report.Registered;
            }
        }

        // The launch can have ended in the meantime.
        if (State.Launch != launch) return default;
        if (_lastJoin > lastJoin) progress = _lastJoin;
        if (progress + stalledLaunchAfter > parts.Time.GetUtcNow()) return (false, progress + stalledLaunchAfter);
        LogLaunchStalled(parts.Logger, parts.Id.Value, progress);
        return (true, null);
    }

    private static ConductorAnswer Refuse(ImmutableArray<string> problems) => ConductorAnswer.Refuse(
        ConductorOutcome.SourcesRefused,
        problems.Length <= MaxProblems
            ? problems
            : [.. problems.Take(MaxProblems), $"there are {problems.Length - MaxProblems} more problems of this kind"]);

    /// <summary>
    /// Refuses the piece with which the launch would have too many references to groups. Otherwise counts its references.
    /// </summary>
    private ConductorAnswer? Refuse(ImmutableArray<JoiningInstance> instances)
    {
        var added = instances.DistinctBy(joining => joining.Instance)
            .Sum(joining => joining.GroupReferences - _groupReferences.GetValueOrDefault(joining.Instance));
        if (GroupReferences.ProblemOf(_allGroupReferences + added, parts.Limits) is { } problem) return Refuse([problem]);
        foreach (var joining in instances.Where(joining => joining.GroupReferences > 0))
            _groupReferences[joining.Instance] = joining.GroupReferences;
        _allGroupReferences += added;
        return null;
    }
}
