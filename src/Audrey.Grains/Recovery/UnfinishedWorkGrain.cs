using System.Collections.Immutable;
using Audrey.Abstractions;
using Audrey.Abstractions.Deployables;
using Audrey.Core.Ids;
using Audrey.Grains.Persistence;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Audrey.Grains.Recovery;

/// <inheritdoc cref="IUnfinishedWorkGrain"/>
/// <remarks>
/// Only the list is durable. The times at which deployables are due are in memory only. After an activation all deployables are due soon.
/// </remarks>
[GrainType("deletions")]
internal sealed partial class UnfinishedWorkGrain : Grain, IUnfinishedWorkGrain
{
    /// <summary>The maximum sleep of the timer, so that a change of the clock is noticed.</summary>
    private static readonly TimeSpan MaxSleep = TimeSpan.FromHours(1);

    private readonly DurableState<UnfinishedWorkState> _list;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly ILogger<UnfinishedWorkGrain> _logger;
    private readonly Dictionary<DeployableId, Entry> _entries = [];
    private IGrainTimer? _timer;

    public UnfinishedWorkGrain(
        [PersistentState("deletions", StorageNames.Rare)] IPersistentState<UnfinishedWorkState> row,
        IOptions<PropagationOptions> options, TimeProvider time, ILogger<UnfinishedWorkGrain> logger)
    {
        _list = new(row, this, logger, list => list.Deployables.IsEmpty);
        (_interval, _time, _logger) = (options.Value.DeletionRetryInterval, time, logger);
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (var deployable in _list.Current.Deployables) _entries[deployable] = new() { Due = _time.GetUtcNow() + _interval };
        Schedule();
        return Task.CompletedTask;
    }

    public Task Begin(DeployableId deployable)
    {
        if (!_entries.TryGetValue(deployable, out var entry)) _entries[deployable] = entry = new();
        entry.Due = _time.GetUtcNow() + _interval;
        entry.Begun++;
        Schedule();
        return Update(ids => ids.Contains(deployable) ? ids : ids.Add(deployable));
    }

    public Task End(DeployableId deployable)
    {
        _entries.Remove(deployable);
        Schedule();
        return Update(ids => ids.Remove(deployable));
    }

    public Task Resume()
    {
        foreach (var entry in _entries.Values) entry.Due = _time.GetUtcNow();
        Schedule();
        return Task.CompletedTask;
    }

    public Task Wake() => Task.CompletedTask;

    private Task Update(Func<ImmutableArray<DeployableId>, ImmutableArray<DeployableId>> change) => _list.Update(list =>
        change(list.Deployables) is var changed && changed == list.Deployables ? list : new() { Deployables = changed });

    /// <summary>Sets the timer for the next deployable that is due. While the list is not empty, the grain stays in memory.</summary>
    private void Schedule()
    {
        if (_entries.Count == 0)
        {
            _timer?.Dispose();
            _timer = null;
            return;
        }

        var sleep = _entries.Values.Min(entry => entry.Due) - _time.GetUtcNow();
        sleep = sleep < TimeSpan.Zero ? TimeSpan.Zero : sleep < MaxSleep ? sleep : MaxSleep;
        if (_timer is not null) _timer.Change(sleep, MaxSleep);
        else _timer = this.RegisterGrainTimer(ResumeDue, new() { DueTime = sleep, Period = MaxSleep, Interleave = true, KeepAlive = true });
    }

    private Task ResumeDue(CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        foreach (var (deployable, entry) in _entries.Where(pair => pair.Value.Due <= now).ToList())
        {
            // The deployable is not due again until it answers. A slow deployable delays no other deployable.
            entry.Due = DateTimeOffset.MaxValue;
            _ = Resume(deployable, entry);
        }

        Schedule();
        return Task.CompletedTask;
    }

    private async Task Resume(DeployableId deployable, Entry entry)
    {
        var begun = entry.Begun;
        var due = _time.GetUtcNow() + _interval;
        try
        {
            LogResumed(_logger, deployable.Value);
            if (await GrainFactory.GetGrain<IDeployableGrain>(GrainKeys.Of(deployable)).Resume() is { } next) due = next;

            // The entry is kept if other work was begun in the meantime.
            else if (entry.Begun == begun) await End(deployable);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            due = _time.GetUtcNow() + _interval;
            LogNotFinished(_logger, deployable.Value, exception);
        }

        if (due < entry.Due) entry.Due = due;
        if (!_list.HasFailed) Schedule();
    }

    [LoggerMessage(LogLevel.Warning, "Deployable {Deployable}: the work is still unfinished and will be resumed again")]
    private static partial void LogNotFinished(ILogger logger, string deployable, Exception exception);

    [LoggerMessage(LogLevel.Debug, "Deployable {Deployable}: unfinished work is resumed")]
    private static partial void LogResumed(ILogger logger, string deployable);

    /// <summary>A deployable on the list.</summary>
    private sealed class Entry
    {
        /// <summary>The time at which the deployable is due to be resumed.</summary>
        public DateTimeOffset Due { get; set; }

        /// <summary>Counts the calls of <see cref="Begin"/>.</summary>
        public int Begun { get; set; }
    }
}
