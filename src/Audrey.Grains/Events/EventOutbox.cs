using System.Collections.Immutable;
using Audrey.Abstractions;
using Audrey.Abstractions.Events;
using Audrey.Core.Ids;
using Orleans.Runtime;

namespace Audrey.Grains.Events;

/// <summary>Who may have revisions to tell.</summary>
internal interface IRevisionTeller
{
    /// <summary>Tells them, if there are any.</summary>
    void TellRevisions();
}

/// <summary>
/// Sends what the instances of this silo note to the logs of their deployables: at most one batch of a deployable is under way, and what
/// comes meanwhile is the next. It keeps nothing: who sends knows what the log has not acknowledged, and sends that again.
/// </summary>
internal sealed class EventOutbox : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    /// <summary>Notes in one message.</summary>
    private const int MaxBatchSize = 512;

    /// <summary>How long instances gather what they note. It also keeps telling out of the way of answering.</summary>
    private static readonly TimeSpan TurnInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The same for instances that only have another complete configuration to tell. One value may complete ten thousand at once: that is
    /// told when their guests have been answered.
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

    /// <summary>Cancelled when the silo stops: nobody waits for news of it any more.</summary>
    public CancellationToken Stopping { get; }

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe<EventOutbox>(ServiceLifecycleStage.Active, _ => Task.CompletedTask, Stop);

    public void Dispose() => _stopping.Dispose();

    /// <summary>Completes a moment later; all instances of the silo share the timer.</summary>
    public Task NextTurn()
    {
        var current = Volatile.Read(ref _turn);
        if (!current.IsCompleted) return current;
        lock (_lock) return _turn.IsCompleted ? _turn = Task.Delay(TurnInterval, _time) : _turn;
    }

    /// <summary>
    /// Has who perhaps has a revision to tell called when the turn of those comes, on the scheduler that it is on now. Returns at once, and
    /// costs next to nothing.
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

    /// <summary>Sends notes; completes when the log has them durably, and fails when that is not known.</summary>
    /// <exception cref="NotDurableException">The silo stops: nothing was sent. The next activation tells it.</exception>
    public Task Send(DeployableId deployable, long incarnation, ImmutableArray<SourcedNote> notes)
    {
        var sent = new Sending(notes);
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
    /// Sends nothing more, and waits for what is under way: what grains call while their silo goes down fails with much ado.
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
        // Not on the scheduler of who came first.
        await Task.Delay(RevisionTurnInterval, _time).ConfigureAwait(false);
        List<(IRevisionTeller, TaskScheduler)> called;
        lock (_lock) (called, _tellers) = (_tellers, []);
        foreach (var (teller, scheduler) in called)
            _ = Task.Factory.StartNew(static teller => ((IRevisionTeller)teller!).TellRevisions(), teller, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
    }

    private async Task Drain(DeployableId deployable, long incarnation, Queue<Sending> queue)
    {
        var grain = _grains.GetGrain<IEventsGrain>(GrainKeys.Of(deployable));
        while (Next(deployable, incarnation, queue) is { } batch)
        {
            try
            {
                if (Stopping.IsCancellationRequested) throw new NotDurableException("the silo stops; try again");
                await grain.Append(new(incarnation, [.. batch.SelectMany(sending => sending.Notes)]));
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
            for (var notes = 0; queue.TryPeek(out var next) && (notes == 0 || notes + next.Notes.Length <= MaxBatchSize); notes += next.Notes.Length)
                batch.Add(queue.Dequeue());
            if (batch.Count > 0) return batch;
            _queues.Remove((deployable, incarnation));
            return null;
        }
    }

    private sealed class Sending(ImmutableArray<SourcedNote> notes)
    {
        public ImmutableArray<SourcedNote> Notes => notes;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
