using System.Collections.Immutable;
using Audrey.Abstractions;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Ids;
using Audrey.Grains.Persistence;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Audrey.Grains.Recovery;

/// <summary>Which deployables are being deleted, so that a deletion goes on after whatever stopped it.</summary>
[Alias("audrey.IDeletionsGrain")]
public interface IDeletionsGrain : IGrainWithStringKey
{
    /// <summary>Notes that a deletion begins; durable when it returns.</summary>
    [Alias("Begin")]
    Task Begin(DeployableId deployable);

    /// <summary>Notes that a deletion is finished.</summary>
    [Alias("End")]
    Task End(DeployableId deployable);

    /// <summary>Has every unfinished deletion go on at once, and does not wait for its end.</summary>
    [AlwaysInterleave, Alias("Resume")]
    Task Resume();
}

/// <summary>The durable list of unfinished deletions.</summary>
[GenerateSerializer, Immutable, Alias("audrey.DeletionsState")]
public sealed record DeletionsState
{
    /// <summary>The deployables being deleted; as a rule none.</summary>
    [Id(0)] public ImmutableArray<DeployableId> Deployables { get; init; } = [];
}

/// <inheritdoc cref="IDeletionsGrain"/>
[GrainType("deletions")]
internal sealed partial class DeletionsGrain : Grain, IDeletionsGrain
{
    /// <summary>Key of the one grain of this type.</summary>
    public const string Key = "x:deletions";

    private readonly DurableState<DeletionsState> _state;
    private readonly TimeSpan _interval;
    private readonly ILogger<DeletionsGrain> _logger;
    private IGrainTimer? _again;

    public DeletionsGrain(
        [PersistentState("deletions", StorageNames.Rare)] IPersistentState<DeletionsState> row,
        IOptions<PropagationOptions> options, ILogger<DeletionsGrain> logger)
    {
        (_state, _interval, _logger) = (new(row, this, logger), options.Value.DeletionRetryInterval, logger);
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Watch();
        return Task.CompletedTask;
    }

    public Task Begin(DeployableId deployable) =>
        _state.Current.Deployables.Contains(deployable) ? Task.CompletedTask : Write(_state.Current.Deployables.Add(deployable));

    public Task End(DeployableId deployable) =>
        _state.Current.Deployables.Contains(deployable) ? Write(_state.Current.Deployables.Remove(deployable)) : Task.CompletedTask;

    public Task Resume()
    {
        _again?.Change(TimeSpan.Zero, _interval);
        return Task.CompletedTask;
    }

    /// <summary>Resumes unfinished deletions at an interval: what stopped one need not have been the death of a silo.</summary>
    private void Watch()
    {
        if (_state.Current.Deployables.IsEmpty)
        {
            _again?.Dispose();
            _again = null;
        }
        else
        {
            _again ??= this.RegisterGrainTimer(ResumeAll, new GrainTimerCreationOptions
            {
                DueTime = _interval,
                Period = _interval,
                Interleave = true,
                KeepAlive = true,
            });
        }
    }

    private async Task ResumeAll(CancellationToken cancellation)
    {
        try
        {
            await Task.WhenAll(_state.Current.Deployables.Select(deployable =>
            {
                LogResumed(_logger, deployable.Value);
                return GrainFactory.GetGrain<IDeployableGrain>(GrainKeys.Of(deployable)).ResumeDeletion();
            }));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogNotFinished(_logger, exception);
        }
    }

    private async Task Write(ImmutableArray<DeployableId> deployables)
    {
        await _state.Write(new DeletionsState { Deployables = deployables });
        Watch();
    }

    [LoggerMessage(LogLevel.Warning, "A deletion is still unfinished; it will be taken up again")]
    private static partial void LogNotFinished(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Information, "The deletion of deployable {Deployable} goes on")]
    private static partial void LogResumed(ILogger logger, string deployable);
}
