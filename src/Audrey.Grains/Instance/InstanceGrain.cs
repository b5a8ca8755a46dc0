using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Grains.Concurrency;
using Audrey.Grains.Delivery;
using Audrey.Grains.Events;
using Audrey.Grains.Recovery;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Orleans.Storage;

namespace Audrey.Grains.Instance;

/// <inheritdoc cref="IInstanceGrain"/>
/// <remarks>
/// Parts: this file holds the rows and the way they are written; <c>.Guest</c> what guests call, <c>.Conductor</c> what conductors call,
/// <c>.Propagation</c> pulls and pushes, <c>.Version3</c> what guests of version 3 call, <c>.Events</c> what the deployable's log is told.
/// </remarks>
[GrainType("instance")]
internal sealed partial class InstanceGrain(
    [PersistentState("definition", StorageNames.Hot)] IPersistentState<InstanceDefinition> definition,
    [PersistentState("reported", StorageNames.Hot)] IPersistentState<InstanceReported> reported,
    ClusterEpoch epoch, InstancesInMemory inMemory, NewsPost post, EventOutbox outbox, IOptions<PropagationOptions> options, TimeProvider time, ILogger<InstanceGrain> logger)
    : Grain, IInstanceGrain, IMemberGrain, IProviderGrain, IRecipient
{
    // Writers of either row hold this: calls that interleave write too (a first contact, a service's start).
    private readonly SerialExecutor _writing = new();

    // Null while not registered. What it serves is durable.
    private LiveInstance? _live;

    // Outlives registrations: a captured request must not count in the next one, and a new guest must not wait a minute to count.
    private ContactGate _gate = new(long.MinValue);
    private bool _broken;
    private InstancesInMemory.Place? _place;

    private InstanceId Id { get; set; }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Id = InstanceId.Parse(this.GetPrimaryKeyString()[2..]);
        _gate = new ContactGate(reported.State.NewestTimestamp);
        definition.State = definition.State.WithSharedTexts();
        if (definition.State.Config is not null) _live = new LiveInstance(definition.State, reported.State);
        BeginEvents();
        _place = inMemory.Enter(Id.Value, this);
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _left = true;
        if (_place is { } place) inMemory.Leave(Id.Value, place);

        // Contact times are written behind; a grain that goes because its row could not be written does not try again.
        if (_live is not { } live || live.LastContact == live.Reported.LastContact || _broken) return;
        try
        {
            await WriteReported(live, row => row);
        }
        catch (NotDurableException exception)
        {
            LogContactNotWritten(logger, Id.Value, exception);
        }
    }

    /// <summary>
    /// Writes the reported row and serves it. Returns false, with nothing written, when the instance was registered anew meanwhile.
    /// </summary>
    /// <exception cref="NotDurableException">The row was not written, or whether it was is not known; nothing of it is served.</exception>
    private Task<bool> WriteReported(LiveInstance live, Func<InstanceReported, InstanceReported> change) => _writing.Run(async () =>
    {
        if (!ReferenceEquals(_live, live)) return false;
        var after = change(live.Reported);
        if (live.LastContact is { } heard && !(after.LastContact >= heard))
            after = after with { FirstContact = after.FirstContact ?? heard, LastContact = heard };
        if (ReferenceEquals(after, live.Reported)) return true;
        after = WithEvents(live, after);
        await Write(reported, after);
        _gate.Written(after.NewestTimestamp);
        live.Apply(after, time.GetUtcNow());
        TellWatchers();
        TellEvents();
        return true;
    });

    /// <summary>Writes a definition of the same generation and serves it.</summary>
    private Task WriteDefinition(InstanceDefinition after) => _writing.Run(async () =>
    {
        await Write(definition, after);
        if (_live is { } live) live.Definition = after;
        return true;
    });

    /// <summary>Writes a definition of the next generation and serves that from here on.</summary>
    private Task BeginGeneration(InstanceDefinition after) => _writing.Run(async () =>
    {
        await Write(definition, after);
        _live = after.Config is null ? null : new LiveInstance(after, reported.State);
        TellWatchers();
        TellEvents();
        return true;
    });

    private async Task Write<TRow>(IPersistentState<TRow> row, TRow after)
    {
        var before = row.State;
        row.State = after;
        try
        {
            await row.WriteStateAsync();
        }
        catch (Exception exception)
        {
            // Whether it was written may be unknown: what is served from here on comes from storage again.
            row.State = before;
            _broken = true;
            DeactivateOnIdle();
            LogNotDurable(logger, Id.Value, exception);
            throw exception is InconsistentStateException
                ? new NotDurableException("the instance was written elsewhere at the same time; try again", exception)
                : new NotDurableException("the database did not take the write; try again later", exception);
        }
    }

    [LoggerMessage(LogLevel.Error, "Instance {Instance}: a write failed; the grain starts anew from what is durable")]
    private static partial void LogNotDurable(ILogger logger, string instance, Exception exception);

    [LoggerMessage(LogLevel.Warning, "Instance {Instance}: its last contact was not written")]
    private static partial void LogContactNotWritten(ILogger logger, string instance, Exception exception);
}
