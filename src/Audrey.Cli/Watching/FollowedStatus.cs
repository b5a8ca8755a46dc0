using Audrey.Cli.Connection;
using Audrey.Cli.Output;
using Audrey.Client;
using Audrey.Core.Completion;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;
using Audrey.Protocol.Version3;

namespace Audrey.Cli.Watching;

/// <summary>
/// The status of a deployable, kept up to date by its events. The whole status is read once. Then only the summary and the instances are
/// read that events are about. Of a large deployable, only the summary and those instances are ever read.
/// </summary>
/// <param name="client">The client of the servers.</param>
/// <param name="time">The clock.</param>
/// <param name="id">The deployable.</param>
internal sealed class FollowedStatus(GatewayClient client, TimeProvider time, DeployableId id) : IAsyncDisposable
{
    /// <summary>
    /// The interval of reads of the whole status. Some changes cause no event: a single value, the last contact, a wrong secret.
    /// </summary>
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The interval of reads of the whole status during a launch, a scaling or a deletion. They register and remove instances without an
    /// event for each.
    /// </summary>
    private static readonly TimeSpan RefreshOfChanging = TimeSpan.FromSeconds(2);

    /// <summary>The maximum number of instances that are read one by one. If more have changed, the whole status is read.</summary>
    private const int MaxSingleReads = 32;

    /// <summary>The time after which the summary of a large deployable has all changes.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);

    private readonly Dictionary<InstanceId, InstanceStatus> _instances = [];
    private readonly CancellationTokenSource _ending = new();
    private DeployableSummary? _summary;
    private DeployableStatus? _status;
    private IAsyncEnumerator<Event>? _events;
    private EventSequence? _sequence;
    private Task<bool>? _next;
    private long _readAt;

    /// <summary>
    /// Gets the instances that were read since the last status was returned. Null if too many have changed to read them one by one.
    /// </summary>
    public IReadOnlyCollection<InstanceStatus>? Changed { get; private set; } = [];

    /// <summary>Gets whether the servers still add or remove instances.</summary>
    private bool IsChanging => _summary is { Launch.Sealed: null, Launch: not null } or { Scaling: not null } or { IsBeingDeleted: true };

    /// <summary>Reads the whole status, and begins to follow the events.</summary>
    /// <exception cref="NotFoundException">This conductor has no such deployable.</exception>
    public async Task<DeployableStatus> BeginAsync(CancellationToken cancellationToken)
    {
        // The events are followed from before the first read, so no change between the two is missed.
        var last = await client.Events.GetLastAsync(id, cancellationToken);
        await ReadAllAsync(cancellationToken);
        _events = client.Events.FollowAsync(id, last, _ending.Token).GetAsyncEnumerator(_ending.Token);
        _sequence = new EventSequence(last);
        return await SettledAsync(cancellationToken);
    }

    /// <summary>Waits for an event, at most for the given time, and reads what has changed.</summary>
    /// <returns>The status. Null if nothing was read.</returns>
    /// <exception cref="NotFoundException">The deployable was deleted.</exception>
    public async Task<DeployableStatus?> NextAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        _next ??= _events!.MoveNextAsync().AsTask();
        if (!_next.IsCompleted)
        {
            using var pausing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(_next, Task.Delay(limit, time, pausing.Token));
            await pausing.CancelAsync();
        }

        cancellationToken.ThrowIfCancellationRequested();
        var (changed, isWhole) = await TakeAsync();
        var isDue = time.GetElapsedTime(_readAt) >= (IsChanging ? RefreshOfChanging : Refresh) || DeadlineHasPassed();
        if (changed.Count == 0 && isWhole && !isDue) return null;
        var isOverview = _status!.IsOverview;
        if (changed.Count is > 0 and <= MaxSingleReads && (isOverview || (isWhole && !isDue)))
        {
            await ReadAsync(changed, cancellationToken);
        }
        else
        {
            await ReadAllAsync(cancellationToken);
            if (isOverview && (changed.Count > 0 || !isWhole)) Changed = null;
        }

        // The instance that completes the deployable can have changed the configuration of another one. The event of that change comes
        // later.
        if (_status is { Status: CompletionStatus.Success, IsOverview: false }) await ReadAllAsync(cancellationToken);
        return await SettledAsync(cancellationToken);
    }

    /// <summary>
    /// Returns the status. If the summary of a large deployable says that it is complete, waits until the summary has all changes.
    /// </summary>
    private async Task<DeployableStatus> SettledAsync(CancellationToken cancellationToken)
    {
        for (var isSettled = false; _status is { Status: CompletionStatus.Success, IsOverview: true } && !isSettled;)
        {
            await Task.Delay(Settling, time, cancellationToken);
            _summary = await client.GetSummaryAsync(id, cancellationToken);
            isSettled = !_summary.IsRecounting;
            Combine();
        }

        return _status!;
    }

    public async ValueTask DisposeAsync()
    {
        // The events cannot be disposed of while they are read.
        await _ending.CancelAsync();
        if (_next is not null) await ((Task)_next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_events is not null) await _events.DisposeAsync();
        _ending.Dispose();
    }

    /// <summary>Returns whether a deadline has passed that the last summary does not know to have passed.</summary>
    private bool DeadlineHasPassed() => _status is { IsTimedOut: false, Deadline: { } due }
        && due <= time.GetUtcNow() && time.GetElapsedTime(_readAt) >= RefreshOfChanging;

    /// <summary>
    /// Takes the events that have arrived: the instances that they are about, and whether they are all that has changed. They are not if
    /// events are missing, or if one is about the deployable.
    /// </summary>
    private async Task<(HashSet<InstanceId> Changed, bool IsWhole)> TakeAsync()
    {
        var (changed, isWhole) = (new HashSet<InstanceId>(), true);
        while (_next!.IsCompleted)
        {
            if (!await _next) throw new NotFoundException($"No deployable '{id}' is registered by this conductor.");
            var entry = _events!.Current;
            isWhole &= _sequence!.Add(entry) is null && entry.Instance is not null;
            if (entry.Kind == EventKinds.NameOf(EventKind.Deleted))
                throw new NotFoundException($"No deployable '{id}' is registered by this conductor.");
            if (entry.Instance is { } instance) changed.Add(InstanceId.Parse(instance));
            _next = _events.MoveNextAsync().AsTask();
        }

        return (changed, isWhole);
    }

    private async Task ReadAllAsync(CancellationToken cancellationToken)
    {
        _summary = await client.GetSummaryAsync(id, cancellationToken);
        _instances.Clear();
        if (!StatusOverview.IsLarge(_summary))
            foreach (var instance in await client.ListInstancesAsync(id, cancellationToken).ToListAsync(cancellationToken))
                _instances[instance.Id] = instance;
        _readAt = time.GetTimestamp();
        Changed = [.. _instances.Values.InOrder()];
        Combine();
    }

    private async Task ReadAsync(IReadOnlyCollection<InstanceId> changed, CancellationToken cancellationToken)
    {
        _summary = await client.GetSummaryAsync(id, cancellationToken);
        foreach (var instance in changed)
        {
            _instances.Remove(instance);
            try
            {
                var status = await client.GetInstanceStatusAsync(instance, cancellationToken);
                if (status.Deployable == id) _instances[instance] = status;
            }
            catch (NotFoundException)
            {
                // The instance was removed.
            }
        }

        Changed = [.. _instances.Values.Where(instance => changed.Contains(instance.Id)).InOrder()];
        if (StatusOverview.IsLarge(_summary)) _instances.Clear();

        // A deployable that is not large any more is read whole.
        else if (_status is { IsOverview: true }) await ReadAllAsync(cancellationToken);
        Combine();
    }

    private void Combine() => _status = StatusOverview.IsLarge(_summary!)
        ? _summary!.ToOverview()
        : _summary!.ToStatus([.. _instances.Values.InOrder()]);
}
