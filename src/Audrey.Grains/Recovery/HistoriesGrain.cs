using System.Collections.Immutable;
using Audrey.Abstractions;
using Audrey.Abstractions.Events;
using Audrey.Core.Ids;
using Audrey.Grains.Persistence;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Audrey.Grains.Recovery;

/// <summary>The deleted deployables that still have a history. Each history is erased when it expires.</summary>
[Alias("audrey.IHistoriesGrain")]
public interface IHistoriesGrain : IGrainWithStringKey
{
    /// <summary>
    /// Adds a deleted deployable, whose history is erased when it expires. The entry is durable when this method returns.
    /// </summary>
    [Alias("Keep")]
    Task Keep(DeployableId deployable, DateTimeOffset ended);

    /// <summary>Erases the expired histories.</summary>
    [Alias("Sweep")]
    Task Sweep();

    /// <summary>Sweeps immediately and then at an interval. Does not wait for the sweeps.</summary>
    [AlwaysInterleave, Alias("Resume")]
    Task Resume();
}

/// <summary>The durable list of the histories of deleted deployables, in the order of their deletion.</summary>
[GenerateSerializer, Immutable, Alias("audrey.HistoriesState")]
public sealed record HistoriesState
{
    [Id(0)] public ImmutableArray<KeptHistory> Kept { get; init; } = [];
}

/// <summary>The history of a deleted deployable.</summary>
[GenerateSerializer, Immutable, Alias("audrey.KeptHistory")]
public sealed record KeptHistory([property: Id(0)] DeployableId Deployable, [property: Id(1)] DateTimeOffset Ended);

/// <inheritdoc cref="IHistoriesGrain"/>
[GrainType("histories")]
internal sealed partial class HistoriesGrain : Grain, IHistoriesGrain
{
    /// <summary>The key of the only grain of this type.</summary>
    public const string Key = "x:histories";

    private readonly DurableState<HistoriesState> _state;
    private readonly HistoryOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<HistoriesGrain> _logger;
    private IGrainTimer? _again;

    public HistoriesGrain(
        [PersistentState("histories", StorageNames.Rare)] IPersistentState<HistoriesState> row,
        IOptions<HistoryOptions> options, TimeProvider time, ILogger<HistoriesGrain> logger)
    {
        (_state, _options, _time, _logger) = (new(row, this, logger), options.Value, time, logger);
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Watch();
        return Task.CompletedTask;
    }

    public async Task Keep(DeployableId deployable, DateTimeOffset ended)
    {
        var kept = new KeptHistory(deployable, ended);
        if (_state.Current.Kept.Contains(kept)) return;
        await Write([.. _state.Current.Kept.Where(other => other.Deployable != deployable), kept]);
        if (_state.Current.Kept.Length > _options.MaxDeleted) _again?.Change(TimeSpan.Zero, _options.CheckInterval);
    }

    public async Task Sweep()
    {
        var until = _time.GetUtcNow() - _options.KeepFor;
        var tooMany = _state.Current.Kept.Length - _options.MaxDeleted;
        KeptHistory[] due = [.. _state.Current.Kept.Where((kept, i) => i < tooMany || kept.Ended <= until)];
        if (due.Length == 0) return;

        // The history is erased before its entry is removed, because only a listed history can be found again. The history of a deployable
        // that was registered again is kept, and only its entry is removed.
        var erased = new HashSet<KeptHistory>();
        foreach (var kept in due)
        {
            try
            {
                await GrainFactory.GetGrain<IEventsGrain>(GrainKeys.Of(kept.Deployable)).Erase(kept.Ended);
                erased.Add(kept);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                LogNotErased(_logger, kept.Deployable.Value, exception);
            }
        }

        await Write([.. _state.Current.Kept.Where(kept => !erased.Contains(kept))]);
    }

    public Task Resume()
    {
        _again?.Change(TimeSpan.Zero, _options.CheckInterval);
        return Task.CompletedTask;
    }

    private void Watch()
    {
        if (_state.Current.Kept.IsEmpty)
        {
            _again?.Dispose();
            _again = null;
        }
        else
        {
            _again ??= this.RegisterGrainTimer(SweepNow, new GrainTimerCreationOptions
            {
                DueTime = _options.CheckInterval,
                Period = _options.CheckInterval,
                KeepAlive = true,
            });
        }
    }

    private async Task SweepNow(CancellationToken cancellation)
    {
        try
        {
            await Sweep();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogNotSwept(_logger, exception);
        }
    }

    private async Task Write(ImmutableArray<KeptHistory> kept)
    {
        await _state.Write(new HistoriesState { Kept = kept });
        Watch();
    }

    [LoggerMessage(LogLevel.Warning, "The history of deleted deployable {Deployable} could not be erased. The silo will try again")]
    private static partial void LogNotErased(ILogger logger, string deployable, Exception exception);

    [LoggerMessage(LogLevel.Warning, "Histories of deleted deployables could not be read. The silo will try again")]
    private static partial void LogNotSwept(ILogger logger, Exception exception);
}
