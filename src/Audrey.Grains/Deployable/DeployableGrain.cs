using System.Collections.Immutable;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Deployables;
using Audrey.Abstractions.Instances;
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
[GrainType("deployable")]
internal sealed partial class DeployableGrain : Grain, IDeployableGrain
{
    private const int DeletionsAtOnce = 64;
    private readonly DurableState<DeployableState> _row;
    private readonly IOptions<DocumentLimits> _limits;
    private readonly TimeProvider _time;
    private readonly ILogger<DeployableGrain> _logger;
    private readonly HashSet<Task> _joining = [];
    private Task? _deletion;

    public DeployableGrain(
        [PersistentState("deployable", StorageNames.Rare)] IPersistentState<DeployableState> row,
        IOptions<DocumentLimits> limits, TimeProvider time, ILogger<DeployableGrain> logger)
    {
        _row = new(row, this, logger);
        (_limits, _time, _logger) = (limits, time, logger);
    }

    private DeployableState State => _row.Current;

    private DeployableId Id => DeployableId.Parse(this.GetPrimaryKeyString()[2..]);

    public async Task<DeployableHeader?> GetHeader()
    {
        var state = State;
        if (state.Phase == DeployablePhase.Absent) return null;
        var members = await Members(state).Read(0);
        return new()
        {
            Id = Id,
            Name = state.Name,
            Conductor = state.Conductor,
            Registered = state.Registered,
            Pages = members.Pages,
            Deleting = state.Phase == DeployablePhase.Deleting,
            Launch = Progress(state),
            Scaling = state.Scaling is { Finished: false } scaling ? new(scaling.Assembly, scaling.Count) : null,
            AsOf = _time.GetUtcNow(),
            Incarnation = state.Incarnation,
        };
    }

    public async Task<ImmutableArray<InstanceReport>> GetReports(int page)
    {
        var state = State;
        if (state.Phase == DeployablePhase.Absent) return [];
        var members = await Members(state).Read(page);
        var reports = await Task.WhenAll(members.Ids.Distinct().Select(id =>
            GrainFactory.Reference<IInstanceGrain>(GrainKeys.Of(InstanceId.Parse(id))).GetReport().AsTask()));
        var id = Id;
        return [.. reports.Where(report => report?.Deployable == id && report.Page == page).Select(report => report!)];
    }

    public async Task<JoinAnswer> Join(Joining joining)
    {
        var (conductor, name) = (joining.Conductor, joining.Name);
        if (State.Phase == DeployablePhase.Absent)
        {
            // The list first: it may name a deployable that never came to be, but must not lack one that did.
            await GrainFactory.Deployables(conductor).Add(Id.Value);
            await Write(state => state.Phase != DeployablePhase.Absent ? state : state with
            {
                Phase = DeployablePhase.Active,
                Incarnation = state.Incarnation + 1,
                Name = name,
                Conductor = conductor,
                Registered = _time.GetUtcNow(),
            });
            if (State.Conductor != conductor) await GrainFactory.Deployables(conductor).Remove(Id.Value);
            BeginEvents();
        }

        var outcome = State.Phase == DeployablePhase.Deleting ? ConductorOutcome.BeingDeleted
            : State.Conductor != conductor ? ConductorOutcome.NotYours
            : ConductorOutcome.Done;
        var incarnation = State.Incarnation;
        if (outcome != ConductorOutcome.Done || joining.Incarnation == incarnation) return new(outcome, incarnation, joining.Page);

        // A deletion that begins meanwhile waits for this and then finds the newcomer.
        var adding = Members(State).Add(joining.Instance.Value);
        _joining.Add(adding);
        try
        {
            return new(outcome, incarnation, await adding);
        }
        finally
        {
            _joining.Remove(adding);
        }
    }

    public async Task<ConductorAnswer> Delete(ConductorCommand command)
    {
        // Every command is remembered, also a refused one, or the same request would delete a deployable of this id that is registered later.
        if (State.Phase != DeployablePhase.Absent && State.Conductor != command.Conductor)
        {
            await Write(state => Remember(state, command));
            return ConductorAnswer.Refuse(ConductorOutcome.NotYours, $"deployable {Id} belongs to another conductor");
        }

        switch (command.Mark is { } mark ? State.Commands.Judged(mark) : Freshness.Fresh)
        {
            case Freshness.Refused:
                return ConductorAnswer.Refuse(ConductorOutcome.NonceRefused, "the nonce was used already");
            case Freshness.Repeated when State.Phase == DeployablePhase.Active:
                return ConductorAnswer.Refuse(ConductorOutcome.NonceRefused, "the same request was carried out before the deployable was registered again");
            case Freshness.Repeated when State.Phase == DeployablePhase.Absent:
                return ConductorAnswer.Done;
        }

        if (State.Phase == DeployablePhase.Absent)
        {
            await Write(state => Remember(state, command));
            return ConductorAnswer.Refuse(ConductorOutcome.NotFound, $"there is no deployable {Id}");
        }

        if (State.Phase == DeployablePhase.Active)
        {
            await GrainFactory.GetGrain<IDeletionsGrain>(DeletionsGrain.Key).Begin(Id);
            await Write(state => Remember(state, command) with { Phase = DeployablePhase.Deleting });
        }
        else
        {
            await Write(state => Remember(state, command));
        }

        await Deletion();
        return ConductorAnswer.Done;
    }

    public async Task ResumeDeletion()
    {
        if (State.Phase == DeployablePhase.Deleting) await Deletion();
        else await GrainFactory.GetGrain<IDeletionsGrain>(DeletionsGrain.Key).End(Id);
    }

    private static DeployableState Remember(DeployableState state, ConductorCommand command) =>
        command.Mark is { } mark && state.Commands.Judged(mark) == Freshness.Fresh ? state with { Commands = state.Commands.With(mark) } : state;

    private Task Deletion() => _deletion is { IsCompleted: false } ? _deletion : _deletion = DeleteMembers();

    private async Task DeleteMembers()
    {
        var (id, state) = (Id, State);
        LogDeletionBegins(_logger, id.Value);
        await Task.WhenAll([.. _joining]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        var members = Members(state);
        var pages = (await members.Read(0)).Pages;
        for (var page = 0; page < pages; page++)
        {
            foreach (var some in (await members.Read(page)).Ids.Chunk(DeletionsAtOnce))
                await Task.WhenAll(some.Select(instance => Instance(instance).Delete(id, state.Incarnation)));
        }

        await TellDeleted(state);
        await members.Clear();
        await GrainFactory.Deployables(state.Conductor).Remove(id.Value);
        await Write(current => new() { Incarnation = current.Incarnation, Commands = current.Commands });
        await GrainFactory.GetGrain<IDeletionsGrain>(DeletionsGrain.Key).End(id);
        LogDeletionEnds(_logger, id.Value);
    }

    private IMembersGrain Members(DeployableState state) => GrainFactory.Members(Id, state.Incarnation);

    private IMemberGrain Instance(string id) => GrainFactory.Reference<IMemberGrain>(GrainKeys.Of(InstanceId.Parse(id)));

    private Task Write(Func<DeployableState, DeployableState> change) => _row.Update(change);

    [LoggerMessage(LogLevel.Information, "Deployable {Deployable} is being deleted")]
    private static partial void LogDeletionBegins(ILogger logger, string deployable);

    [LoggerMessage(LogLevel.Information, "Deployable {Deployable} is deleted")]
    private static partial void LogDeletionEnds(ILogger logger, string deployable);
}
