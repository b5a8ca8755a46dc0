using System.Globalization;
using Audrey.Cli.Connection;
using Audrey.Client;
using Audrey.Core.Completion;
using Audrey.Core.Events;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;
using Audrey.Protocol.Version3;

namespace Audrey.Cli.Waiting;

/// <summary>
/// Waits until a condition of a deployable is fulfilled or cannot be fulfilled any more. The wait reads the status of the whole deployable
/// once. Then it follows the events, and reads only the instance that an event is about.
/// </summary>
/// <param name="client">The client of the servers.</param>
/// <param name="time">The clock.</param>
/// <param name="id">The deployable.</param>
/// <param name="condition">The condition.</param>
/// <param name="timeout">The maximum time. Null to wait until the deadline of the deployable, if it has one.</param>
internal sealed class DeployableWait(
    GatewayClient client, TimeProvider time, DeployableId id, WaitCondition condition, TimeSpan? timeout)
{
    /// <summary>The interval of reads of what causes no event: a single value, or the end of a launch or a scaling.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>The maximum number of events that are read before their instances are.</summary>
    private const int MaxBatch = 1000;

    private readonly KnownInstances _instances = new(condition);
    private DeployableSummary? _summary;
    private bool _isLate;

    // Whether no instance was read by itself since the whole deployable was read.
    private bool _isWhole;
    private DateTimeOffset? _deadline;

    /// <summary>Gets whether the servers still add or remove instances.</summary>
    private bool IsChanging => _summary is { Launch.Sealed: null, Launch: not null } or { Scaling: not null };

    /// <summary>Waits.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="NotFoundException">This conductor has no such deployable.</exception>
    public async Task<WaitResult> RunAsync(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        Arm();
        // The events are followed from before the first read, so no change between the two is missed.
        var last = await client.Events.GetLastAsync(id, cancellationToken);
        await ReadAllAsync(cancellationToken);
        await using var events = client.Events.FollowAsync(id, last, ending.Token).GetAsyncEnumerator(ending.Token);
        var sequence = new EventSequence(last);
        Task<bool>? next = null;
        try
        {
            while (true)
            {
                if (Judge() is { } result)
                {
                    if (_isWhole || !condition.IsComplete || result.Outcome == WaitResult.Failure) return result;

                    // The instance that completes the deployable can have changed the configuration of another one. The event of that
                    // change comes later.
                    await ReadAllAsync(ending.Token);
                    continue;
                }

                if (_isLate && timeout is null) return WaitResult.TimedOut($"{Pending()}, and the deadline has passed; {See}");
                next ??= events.MoveNextAsync().AsTask();
                if (!await HasEventAsync(next, ending.Token))
                {
                    Arm();
                    await ReadUnannouncedAsync(ending.Token);
                    continue;
                }

                // All events that have arrived are read first, because several of them can be about one instance.
                var batch = new List<Event>();
                var isWhole = true;
                while (next.IsCompleted && batch.Count < MaxBatch)
                {
                    if (!await next) return WaitResult.Deleted($"{id} was deleted");
                    batch.Add(events.Current);
                    // An event is missing if the server did not keep it for as long as this wait needed to read it.
                    if (sequence.Add(events.Current) is not null) isWhole = false;
                    next = events.MoveNextAsync().AsTask();
                }

                await ReadAsync(batch, isWhole, ending.Token);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var seconds = timeout!.Value.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            return WaitResult.TimedOut($"{Pending()} after {seconds} s; {See}");
        }
        finally
        {
            // The events cannot be disposed of while they are read.
            await ending.CancelAsync();
            if (next is not null) await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // A timer is armed again and again for a time that is longer than a timer allows.
        void Arm()
        {
            if (timeout is { } given) limit.CancelAfter(LongTimes.ForTimer(given - time.GetElapsedTime(start)));
        }
    }

    private string See => $"see: audrey status {id}";

    private WaitResult? Judge()
    {
        if (condition.IsFailed)
        {
            if (_instances.Of(Verdict.Met).FirstOrDefault() is { } one) return WaitResult.Met(Failure(one));
            return IsComplete() ? WaitResult.Failed($"{id} is complete: nothing has failed") : null;
        }

        if (_instances.Of(Verdict.Failed).FirstOrDefault() is { } failed) return WaitResult.Failed(Failure(failed));
        if (IsChanging) return null;
        if (condition.IsNamed && !_instances.IsConcerned) return WaitResult.Unknown(condition.Unknown(id, _instances.All));
        if (condition.IsComplete) return IsComplete() ? Complete() : null;
        return _instances.CountOf(Verdict.Pending) == 0
            ? WaitResult.Met($"{id} has {condition.Text}, on {Counted(_instances.CountOf(Verdict.Met))}")
            : null;
    }

    /// <summary>
    /// Returns whether the deployable is complete by the rules of its status, which look at more than its instances. Without instances it
    /// is being deleted.
    /// </summary>
    private bool IsComplete() =>
        _instances.All.Count > 0 && _instances.CountOf(Verdict.Pending) == 0
        && _summary!.ToStatus(_instances.All).Status == CompletionStatus.Success;

    /// <summary>
    /// Returns the end of a wait for a complete deployable. A guest that does not stay applies nothing unless somebody runs it again, so
    /// the wait does not wait for that.
    /// </summary>
    private WaitResult Complete() => _instances.All.Count(instance => instance.OutOfDateSince is not null) is var count and > 0
        ? WaitResult.OutOfDate($"{id} is complete, but {Counted(count)} out of date; {See}")
        : WaitResult.Met($"{id} is complete");

    /// <summary>Waits for an event. Returns false if something that causes no event should be read first.</summary>
    private async Task<bool> HasEventAsync(Task<bool> next, CancellationToken cancellationToken)
    {
        if (!next.IsCompleted)
        {
            using var pausing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(next, Task.Delay(Pause(), time, pausing.Token));
            await pausing.CancelAsync();
        }

        cancellationToken.ThrowIfCancellationRequested();
        return next.IsCompleted;
    }

    /// <summary>
    /// Returns the time until something should be read that causes no event. The passing of the deadline is one such thing.
    /// </summary>
    private TimeSpan Pause()
    {
        if (IsChanging || condition.IsOfValue) return Interval;
        if (_deadline is not { } deadline) return LongTimes.ForTimer(TimeSpan.MaxValue);
        // The clock of the server decides. It can be a little behind this one.
        var left = LongTimes.ForTimer(deadline - time.GetUtcNow());
        return left > Interval ? left : Interval;
    }

    private async Task ReadUnannouncedAsync(CancellationToken cancellationToken)
    {
        if (_deadline <= time.GetUtcNow())
        {
            await ReadAllAsync(cancellationToken);
        }
        else if (IsChanging)
        {
            _summary = await client.GetSummaryAsync(id, cancellationToken);
            if (!IsChanging) await ReadAllAsync(cancellationToken);
        }
        else if (_instances.Of(Verdict.Pending).FirstOrDefault() is { } pending)
        {
            // One instance is enough: as long as it lacks the value, the others do not matter.
            await ReadAsync(pending.Id, cancellationToken);
        }
    }

    private async Task ReadAllAsync(CancellationToken cancellationToken)
    {
        _summary = await client.GetSummaryAsync(id, cancellationToken);
        var instances = new List<InstanceStatus>();
        await foreach (var instance in client.ListInstancesAsync(id, cancellationToken)) instances.Add(instance);
        _instances.Replace(instances.DistinctBy(instance => instance.Id));
        var status = _summary.ToStatus(_instances.All);
        _isWhole = true;
        (_isLate, _deadline) = (status.IsTimedOut, timeout is null ? status.Deadline : null);
    }

    /// <summary>Reads what events are about: the whole deployable if events are missing, or if an event is about the deployable.</summary>
    private async Task ReadAsync(List<Event> events, bool isWhole, CancellationToken cancellationToken)
    {
        var deleted = EventKinds.NameOf(EventKind.Deleted);
        if (!isWhole || events.Exists(entry => entry.Instance is null && entry.Kind != deleted))
        {
            await ReadAllAsync(cancellationToken);
            return;
        }

        foreach (var instance in events.Select(entry => entry.Instance).OfType<string>().Distinct())
            await ReadAsync(InstanceId.Parse(instance), cancellationToken);
    }

    private async Task ReadAsync(InstanceId instance, CancellationToken cancellationToken)
    {
        _isWhole = false;
        try
        {
            var status = await client.GetInstanceStatusAsync(instance, cancellationToken);
            if (status.Deployable == id) _instances.Set(status);
            else _instances.Remove(instance);
        }
        catch (NotFoundException)
        {
            _instances.Remove(instance);
        }
    }

    private static string Failure(InstanceStatus instance)
    {
        var who = InstanceLabels.Describe(instance.Label, instance.Assembly, instance.Id.Value);
        return instance.Services.FirstOrDefault(service => service.Status == CompletionStatus.Error) is { } failed
            ? $"service '{failed.Name}' of {who} failed with exit status {failed.ExitStatus}; see: audrey logs {instance.Id}/{failed.Name}"
            : $"{who} has failed; see: audrey describe {instance.Id}";
    }

    /// <summary>Describes what is missing, with the longest wait of one of the instances that it is missing from.</summary>
    private string Pending()
    {
        var what = condition.IsNamed ? $"{id} does not have {condition.Text} yet" : $"{id} is not {condition.Text}";
        what += $": {Counted(_instances.CountOf(Verdict.Pending))} pending";
        var waiting = _instances.Of(Verdict.Pending).FirstOrDefault(one => !one.Waits.IsEmpty);
        return waiting is null ? what : $"{what}; {waiting.Waits[0]}";
    }

    private static string Counted(int instances) =>
        string.Create(CultureInfo.InvariantCulture, $"{instances} {(instances == 1 ? "instance" : "instances")}");
}
