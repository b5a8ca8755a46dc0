using System.Collections.Concurrent;
using Audrey.Core.Instances;

namespace Audrey.Grains.Propagation;

/// <summary>Something that accepts snapshots of providers.</summary>
internal interface ISnapshotRecipient
{
    /// <summary>Accepts a snapshot. Called on the recipient's own scheduler; touches memory only.</summary>
    void Accept(ProviderSnapshot snapshot);
}

/// <summary>
/// The instances in this silo's memory, with the scheduler that each runs on. A snapshot for many of them is handed over without a message
/// for each.
/// </summary>
internal sealed class LocalRecipients
{
    private readonly ConcurrentDictionary<string, Registration> _registrations = new(StringComparer.Ordinal);

    /// <summary>Adds a recipient. Called while it is activated, on the scheduler that it runs on.</summary>
    /// <returns>What to give back to <see cref="Remove"/>.</returns>
    public Registration Add(string id, ISnapshotRecipient recipient) =>
        _registrations[id] = new Registration(recipient, TaskScheduler.Current);

    /// <summary>Removes a recipient. If another activation was added since, that one stays.</summary>
    public void Remove(string id, Registration registration) => _registrations.TryRemove(KeyValuePair.Create(id, registration));

    /// <summary>Returns a recipient, or null if it is not in memory here.</summary>
    public Registration? Find(string id) => _registrations.GetValueOrDefault(id);

    /// <summary>One recipient in memory.</summary>
    public sealed class Registration(ISnapshotRecipient recipient, TaskScheduler scheduler)
    {
        /// <summary>
        /// Has the recipient accept a snapshot on its own scheduler. Returns at once; the latch is signalled when that is over.
        /// </summary>
        public void Push(ProviderSnapshot snapshot, SnapshotLatch latch, int index) => _ = Task.Factory.StartNew(
            static push => ((QueuedPush)push!).Run(), new QueuedPush(recipient, snapshot, latch, index),
            CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
    }

    private sealed class QueuedPush(ISnapshotRecipient recipient, ProviderSnapshot snapshot, SnapshotLatch latch, int index)
    {
        public void Run()
        {
            try
            {
                recipient.Accept(snapshot);
                latch.Accepted(index);
            }
            finally
            {
                latch.Signal();
            }
        }
    }
}

/// <summary>A countdown latch over the recipients of one snapshot. Costs less than a task for each.</summary>
/// <param name="recipients">How many recipients there may be.</param>
/// <param name="pushes">How many of them the snapshot is pushed to.</param>
internal sealed class SnapshotLatch(int recipients, int pushes)
{
    private readonly TaskCompletionSource _all = new();
    private readonly bool[] _accepted = new bool[recipients];

    // One more for the caller, until it has queued every push.
    private int _remaining = pushes + 1;

    /// <summary>A recipient has accepted the snapshot.</summary>
    public void Accepted(int index) => _accepted[index] = true;

    /// <summary>A push is over, or all pushes are queued.</summary>
    public void Signal()
    {
        if (Interlocked.Decrement(ref _remaining) == 0) _all.SetResult();
    }

    /// <summary>Returns which recipients have accepted the snapshot, once all pushes are over.</summary>
    public async Task<bool[]> WhenAll()
    {
        await _all.Task;
        return _accepted;
    }
}
