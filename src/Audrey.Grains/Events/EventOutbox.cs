using System.Collections.Immutable;
using Audrey.Abstractions;
using Audrey.Abstractions.Events;
using Audrey.Core.Ids;
using Orleans.Runtime;

namespace Audrey.Grains.Events;

/// <summary>An instance that may have a configuration revision to append to the log.</summary>
internal interface IRevisionTeller
{
    /// <summary>Appends the revision, if there is one.</summary>
    void TellRevisions();
}

/// <summary>
/// Sends the milestones of this silo's instances to the logs of their deployables. Each deployable has at most one batch under way.
/// Milestones that arrive in the meantime form the next batch. The outbox stores nothing. Each instance knows which milestones the log has
/// not acknowledged, and sends these milestones again.
/// </summary>
internal sealed class EventOutbox : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    /// <summary>The maximum number of notes and tallies in one message.</summary>
    private const int MaxBatchSize = 512;

    /// <summary>
    /// The time for which instances gather milestones before sending them. The delay also lets answers to guests go first.
    /// </summary>
    private static readonly TimeSpan TurnInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The time for which instances gather milestones that only report another complete configuration. One value can complete ten thousand
    /// configurations together. These reports are sent after the guests have been answered.
    /// </summary>
    private static readonly TimeSpan RevisionTurnInterval = TimeSpan.FromSeconds(1);

    private readonly IGrainFactory _grains;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<(DeployableId, long), (Queue<Sending> Waiting, Task Draining)> _queues = [];
    private readonly Lock _lock = new();
    private Task _turn = Task.CompletedTask;
    private List<(IRevisionTeller Teller, TaskScheduler Scheduler)> _tellers = [];

    public EventOutbox(IGrainFactory grains, TimeProvider time) => (_grains, _time, Stopping) = (grains, time, _stopping.Token);

    /// <summary>Cancelled when the silo stops, so that no caller continues to wait.</summary>
    public CancellationToken Stopping { get; }

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe<EventOutbox>(ServiceLifecycleStage.Active, _ => Task.CompletedTask, Stop);

    public void Dispose() => _stopping.Dispose();

    /// <summary>Completes after a short delay. All instances of the silo share the timer.</summary>
    public Task NextTurn()
    {
        var current = Volatile.Read(ref _turn);
        if (!current.IsCompleted) return current;
        lock (_lock) return _turn.IsCompleted ? _turn = Task.Delay(TurnInterval, _time) : _turn;
    }

    /// <summary>
    /// Schedules a call of an instance for the next time that revisions are sent. The call runs on the caller's current scheduler. This
    /// method returns immediately and costs almost nothing.
    /// </summary>
    public void CallAtRevisionTurn(IRevisionTeller teller)
    {
        bool isFirst;
        lock (_lock)
        {
            isFirst = _tellers.Count == 0;
            _tellers.Add((teller, TaskScheduler.Current));
        }

        if (isFirst) _ = CallTellers();
    }

    /// <summary>
    /// Sends milestones and a tally. Completes when they are durable in the log. Fails if it is not known whether they are durable.
    /// </summary>
    /// <exception cref="NotDurableException">
    /// The silo is stopping and nothing was sent. The next activation sends the milestones.
    /// </exception>
    public Task Send(DeployableId deployable, long incarnation, ImmutableArray<SourcedNote> notes, SourcedTally? tally = null)
    {
        var sent = new Sending(notes, tally);
        lock (_lock)
        {
            if (_queues.TryGetValue((deployable, incarnation), out var queue))
            {
                queue.Waiting.Enqueue(sent);
                return sent.Done.Task;
            }

            var waiting = new Queue<Sending>([sent]);
            _queues.Add((deployable, incarnation), (waiting, Task.Run(() => Drain(deployable, incarnation, waiting))));
        }

        return sent.Done.Task;
    }

    /// <summary>
    /// Stops sending and waits for the batches that are under way. Calls during the shutdown of the silo would log errors.
    /// </summary>
    private async Task Stop(CancellationToken cancellation)
    {
        await _stopping.CancelAsync();
        Task under;
        lock (_lock) under = Task.WhenAll(_queues.Values.Select(queue => queue.Draining));
        await under.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task CallTellers()
    {
        // This code does not run on the scheduler of the first caller.
        await Task.Delay(RevisionTurnInterval, _time).ConfigureAwait(false);
        List<(IRevisionTeller, TaskScheduler)> called;
        lock (_lock) (called, _tellers) = (_tellers, []);
        foreach (var (teller, scheduler) in called)
            _ = Task.Factory.StartNew(static teller =>
                ((IRevisionTeller)teller!).TellRevisions(), teller, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
    }

    private async Task Drain(DeployableId deployable, long incarnation, Queue<Sending> queue)
    {
        var grain = _grains.GetGrain<IEventsGrain>(GrainKeys.Of(deployable));
        while (Next(deployable, incarnation, queue) is { } batch)
        {
            try
            {
                if (Stopping.IsCancellationRequested) throw new NotDurableException("the silo is stopping; try again");
                await grain.Append(new(
                    incarnation,
                    [.. batch.SelectMany(sending => sending.Notes)],
                    [.. batch.Select(sending => sending.Tally).OfType<SourcedTally>()]));
                foreach (var sending in batch) sending.Done.SetResult();
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                foreach (var sending in batch) sending.Done.SetException(exception);
            }
        }
    }

    private List<Sending>? Next(DeployableId deployable, long incarnation, Queue<Sending> queue)
    {
        lock (_lock)
        {
            var batch = new List<Sending>();
            for (var size = 0; queue.TryPeek(out var next) && (size == 0 || size + next.Size <= MaxBatchSize); size += next.Size)
                batch.Add(queue.Dequeue());
            if (batch.Count > 0) return batch;
            _queues.Remove((deployable, incarnation));
            return null;
        }
    }

    private sealed class Sending(ImmutableArray<SourcedNote> notes, SourcedTally? tally)
    {
        public ImmutableArray<SourcedNote> Notes => notes;

        public SourcedTally? Tally => tally;

        public int Size => notes.Length + (tally is null ? 0 : 1);

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
