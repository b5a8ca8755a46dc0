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
using Audrey.Grains.Cluster;
using Audrey.Grains.Sets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Audrey.Grains.Deployable;

/// <inheritdoc cref="IDeployableGrain"/>
[GrainType("deployable")]
internal sealed partial class DeployableGrain(
    [PersistentState("deployable", StorageNames.Rare)] IPersistentState<DeployableState> row,
    IOptions<DocumentLimits> limits, TimeProvider time, ILogger<DeployableGrain> logger) : Grain, IDeployableGrain
{
    private const int DeletionsAtOnce = 64;
    private readonly Turns _writing = new();

    // What is served: only what is durable.
    private DeployableState _state = new();
    private readonly HashSet<Task> _joining = [];
    private Task? _deletion;

    private DeployableId Id => DeployableId.Parse(this.GetPrimaryKeyString()[2..]);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _state = row.State;
        return Task.CompletedTask;
    }

    public async Task<DeployableHeader?> GetHeader()
    {
        var state = _state;
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
            AsOf = time.GetUtcNow(),
            Incarnation = state.Incarnation,
        };
    }

    public async Task<ImmutableArray<InstanceReport>> GetReports(int page)
    {
        var state = _state;
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
        if (_state.Phase == DeployablePhase.Absent)
        {
            // The list first: it may name a deployable that never came to be, but must not lack one that did.
            await GrainFactory.Deployables(conductor).Add(Id.Value);
            await Write(state => state.Phase != DeployablePhase.Absent ? state : state with
            {
                Phase = DeployablePhase.Active,
                Incarnation = state.Incarnation + 1,
                Name = name,
                Conductor = conductor,
                Registered = time.GetUtcNow(),
            });
            if (_state.Conductor != conductor) await GrainFactory.Deployables(conductor).Remove(Id.Value);
            BeginEvents();
        }

        var outcome = _state.Phase == DeployablePhase.Deleting ? ConductorOutcome.BeingDeleted
            : _state.Conductor != conductor ? ConductorOutcome.NotYours
            : ConductorOutcome.Done;
        var incarnation = _state.Incarnation;
        if (outcome != ConductorOutcome.Done || joining.Incarnation == incarnation) return new(outcome, incarnation, joining.Page);

        // A deletion that begins meanwhile waits for this and then finds the newcomer.
        var adding = Members(_state).Add(joining.Instance.Value);
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
        if (_state.Phase != DeployablePhase.Absent && _state.Conductor != command.Conductor)
        {
            await Write(state => Remember(state, command));
            return ConductorAnswer.Refuse(ConductorOutcome.NotYours, $"deployable {Id} belongs to another conductor");
        }

        switch (command.Mark is { } mark ? _state.Commands.Judged(mark) : Freshness.Fresh)
        {
            case Freshness.Refused:
                return ConductorAnswer.Refuse(ConductorOutcome.NonceRefused, "the nonce was used already");
            case Freshness.Repeated when _state.Phase == DeployablePhase.Active:
                return ConductorAnswer.Refuse(ConductorOutcome.NonceRefused, "the same request was carried out before the deployable was registered again");
            case Freshness.Repeated when _state.Phase == DeployablePhase.Absent:
                return ConductorAnswer.Done;
        }

        if (_state.Phase == DeployablePhase.Absent)
        {
            await Write(state => Remember(state, command));
            return ConductorAnswer.Refuse(ConductorOutcome.NotFound, $"there is no deployable {Id}");
        }

        if (_state.Phase == DeployablePhase.Active)
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
        if (_state.Phase == DeployablePhase.Deleting) await Deletion();
        else await GrainFactory.GetGrain<IDeletionsGrain>(DeletionsGrain.Key).End(Id);
    }

    private static DeployableState Remember(DeployableState state, ConductorCommand command) =>
        command.Mark is { } mark && state.Commands.Judged(mark) == Freshness.Fresh ? state with { Commands = state.Commands.With(mark) } : state;

    private Task Deletion() => _deletion is { IsCompleted: false } ? _deletion : _deletion = DeleteMembers();

    private async Task DeleteMembers()
    {
        var (id, state) = (Id, _state);
        LogDeletionBegins(logger, id.Value);
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
        LogDeletionEnds(logger, id.Value);
    }

    private IMembersGrain Members(DeployableState state) => GrainFactory.Members(Id, state.Incarnation);

    private IMemberGrain Instance(string id) => GrainFactory.Reference<IMemberGrain>(GrainKeys.Of(InstanceId.Parse(id)));

    private Task Write(Func<DeployableState, DeployableState> change) => _writing.Run(async () =>
    {
        var after = change(_state);
        if (ReferenceEquals(after, _state)) return true;
        await row.Write(after, DeactivateOnIdle);
        _state = after;
        return true;
    });

    [LoggerMessage(LogLevel.Information, "Deployable {Deployable} is being deleted")]
    private static partial void LogDeletionBegins(ILogger logger, string deployable);

    [LoggerMessage(LogLevel.Information, "Deployable {Deployable} is deleted")]
    private static partial void LogDeletionEnds(ILogger logger, string deployable);
}
