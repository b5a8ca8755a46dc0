using System.Collections.Immutable;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Instances;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Audrey.Grains.Instance;
using Audrey.Grains.Propagation;
using Audrey.Grains.Sets;
using Microsoft.Extensions.Logging;

namespace Audrey.Grains.Deployable;

internal sealed partial class DeployableGrain
{
    private const int ScaledAtOnce = 64;

    public async Task<ScaleAnswer> Scale(ScaleRequest request)
    {
        if (Refusal(request) is { } refusal) return refusal;

        // What was begun is finished first, whatever is asked for now.
        if (State.Scaling is { Finished: false } unfinished)
        {
            await CarryOut(unfinished);
            if (unfinished.Assembly == request.Assembly && unfinished.Count == request.Count) return AnswerOf(unfinished);
        }

        if (request.Command.Mark is { } mark && State.Commands.Judged(mark) != Freshness.Fresh)
        {
            return State.Scaling is { } known && known.Mark == mark
                ? AnswerOf(known)
                : ScaleAnswer.Refuse(ConductorOutcome.NonceRefused, "the same request was carried out before");
        }

        var group = (await MembersOf(request.Assembly)).ToList();
        if (group.Count == 0) return ScaleAnswer.Refuse(ConductorOutcome.NotFound, $"deployable {Id} has no group '{request.Assembly}'");
        if (request.Recall && State.Scaling is { } last && last.DidCome(request, group)) return Recalled(last, group);
        var intent = ScaleIntent.Decide(request, group);
        await Write(state => Remember(state, request.Command) with { Scaling = intent });
        if (!intent.Finished) await CarryOut(intent);
        return AnswerOf(intent);
    }

    private static ScaleAnswer AnswerOf(ScaleIntent intent) => new(ConductorOutcome.Done, [], intent.Added, intent.Removed);

    /// <summary>What the last scaling did, with the secrets of today: one that came may have been replaced since.</summary>
    private static ScaleAnswer Recalled(ScaleIntent last, List<InstanceConfig> group) => AnswerOf(last) with
    {
        Added = [.. last.Added.Select(member => member with { Secret = group.Single(one => one.Id == member.Id).Secret })],
    };

    private ScaleAnswer? Refusal(ScaleRequest request) => State switch
    {
        { Phase: DeployablePhase.Absent } => ScaleAnswer.Refuse(ConductorOutcome.NotFound, $"there is no deployable {Id}"),
        _ when State.Conductor != request.Command.Conductor => ScaleAnswer.Refuse(ConductorOutcome.NotYours, $"deployable {Id} belongs to another conductor"),
        { Phase: DeployablePhase.Deleting } => ScaleAnswer.Refuse(ConductorOutcome.BeingDeleted, $"deployable {Id} is being deleted"),
        { Launch.Sealed: null, Launch: not null } => ScaleAnswer.Refuse(ConductorOutcome.LaunchUnfinished, $"deployable {Id} is being launched: finish that first"),
        _ when request.Count < 1 || request.Count > _limits.Value.MaxGroupMembers => ScaleAnswer.Refuse(
            ConductorOutcome.CountRefused, $"a group cannot have {request.Count} instances: 1 to {_limits.Value.MaxGroupMembers} are allowed"),
        _ => null,
    };

    /// <summary>Does all of a scaling that is not done yet. Newcomers are there before anybody refers to them; who goes, goes when nobody does.</summary>
    private async Task CarryOut(ScaleIntent intent)
    {
        LogScalingBegins(_logger, Id.Value, intent.Assembly, intent.Count);
        if (!intent.Added.IsEmpty) await Grow(intent);
        var change = new GroupChange(Id, State.Incarnation, intent.Assembly, intent.Members);
        await ForEachMember(instance => instance.Amend(change));
        foreach (var some in intent.Removed.Chunk(ScaledAtOnce))
        {
            await Task.WhenAll(some.Select(id => Instance(id.Value).Remove(Id, State.Incarnation)));
            await Task.WhenAll(some.Select(id => Members(State).Remove(id.Value)));
        }

        await TellScaled(intent);
        await Write(state => ReferenceEquals(state.Scaling, intent) ? state with { Scaling = intent with { Finished = true } } : state);
        LogScalingEnds(_logger, Id.Value, intent.Assembly);
    }

    private async Task Grow(ScaleIntent intent)
    {
        var prototype = await Instance(intent.Prototype.Value).GetConfig(Id, State.Incarnation)
            ?? throw new NotDurableException($"instance {intent.Prototype}, after which others of its group are made, is gone; register it again");
        var tarball = await GrainFactory.Reference<ITarballGrain>(GrainKeys.Of(intent.Prototype)).Get();
        var launch = new LaunchKey(Id, State.Incarnation, $"grown by {intent.Added[0].Id}");
        foreach (var some in intent.Added.Chunk(ScaledAtOnce))
        {
            var there = await Task.WhenAll(some.Select(member => Instance(member.Id.Value).IsLaunched(launch).AsTask()));
            InstanceConfig[] newcomers = [.. some.Where((_, i) => !there[i]).Select(member => intent.Newcomer(prototype, member))];
            if (newcomers.Length == 0) continue;
            var pages = await Members(State).AddMany([.. newcomers.Select(newcomer => newcomer.Id.Value)]);
            await Task.WhenAll(DependentsPages.DependentsOf(newcomers).Select(pair => GrainFactory.Dependents(Id, State.Incarnation, pair.Key).AddMany([.. pair.Value])));
            var answers = await Task.WhenAll(newcomers.Select((newcomer, i) => Instance(newcomer.Id.Value).Launch(
                new(new(new(State.Conductor, null), newcomer, tarball?.Bytes ?? []), launch, pages[i]))));
            if (answers.FirstOrDefault(answer => answer.Outcome != ConductorOutcome.Done) is { } refused)
                throw new InvalidOperationException($"An instance that a group grows by was refused: {string.Join("; ", refused.Problems)}");
        }
    }

    private async Task<IEnumerable<InstanceConfig>> MembersOf(string assembly)
    {
        var group = new Dictionary<InstanceId, InstanceConfig>();
        var (id, incarnation) = (Id, State.Incarnation);
        await ForEachMember(async instance =>
        {
            if (await instance.GetConfig(id, incarnation) is { Ordinal: not null } config && config.Name == assembly) group[config.Id] = config;
        });
        return group.Values;
    }

    private async Task ForEachMember(Func<IMemberGrain, Task> act)
    {
        var members = Members(State);
        for (var (page, pages) = (0, 1); page < pages; page++)
        {
            var read = await members.Read(page);
            pages = read.Pages;
            foreach (var some in read.Ids.Chunk(ScaledAtOnce)) await Task.WhenAll(some.Select(id => act(Instance(id))));
        }
    }

    [LoggerMessage(LogLevel.Information, "Group {Assembly} of deployable {Deployable} is being scaled to {Count} instances")]
    private static partial void LogScalingBegins(ILogger logger, string deployable, string assembly, int count);

    [LoggerMessage(LogLevel.Information, "Group {Assembly} of deployable {Deployable} is scaled")]
    private static partial void LogScalingEnds(ILogger logger, string deployable, string assembly);
}
