using System.Collections.Concurrent;
using Audrey.Core.Instances;

namespace Audrey.Grains.Propagation;

/// <summary>Accepts snapshots of providers.</summary>
internal interface ISnapshotRecipient
{
    /// <summary>Accepts a snapshot. Called on the recipient's own scheduler. Changes only memory.</summary>
    void Accept(ProviderSnapshot snapshot);
}

/// <summary>
/// The instances in this silo's memory, each with the scheduler of its activation. A snapshot for many instances is passed on without a
/// separate message for each instance.
/// </summary>
internal sealed class LocalRecipients
{
    private readonly ConcurrentDictionary<string, Registration> _registrations = new(StringComparer.Ordinal);

    /// <summary>Adds a recipient. Called during its activation, on its own scheduler.</summary>
    /// <returns>The registration to pass to <see cref="Remove"/>.</returns>
    public Registration Add(string id, ISnapshotRecipient recipient) =>
        _registrations[id] = new Registration(recipient, TaskScheduler.Current);

    /// <summary>Removes a recipient. If a different activation was added in the meantime, that activation is kept.</summary>
    public void Remove(string id, Registration registration) => _registrations.TryRemove(KeyValuePair.Create(id, registration));

    /// <summary>Returns a recipient, or null if it is not in this silo's memory.</summary>
    public Registration? Find(string id) => _registrations.GetValueOrDefault(id);

    /// <summary>One recipient in memory.</summary>
    public sealed class Registration(ISnapshotRecipient recipient, TaskScheduler scheduler)
    {
        /// <summary>
        /// Schedules a snapshot on the recipient's own scheduler. Returns immediately. The latch is signalled when the recipient has
        /// accepted the snapshot or has failed to accept it.
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

/// <summary>A countdown latch over the recipients of one snapshot. The latch costs less than one task for each recipient.</summary>
/// <param name="recipients">The number of possible recipients.</param>
/// <param name="pushes">The number of recipients that the snapshot is pushed to.</param>
internal sealed class SnapshotLatch(int recipients, int pushes)
{
    private readonly TaskCompletionSource _all = new();
    private readonly bool[] _accepted = new bool[recipients];

    // The caller releases the additional count when it has queued every push.
    private int _remaining = pushes + 1;

    /// <summary>Records that a recipient has accepted the snapshot.</summary>
    public void Accepted(int index) => _accepted[index] = true;

    /// <summary>Signals that one push has ended, or that all pushes are queued.</summary>
    public void Signal()
    {
        if (Interlocked.Decrement(ref _remaining) == 0) _all.SetResult();
    }

    /// <summary>Returns which recipients have accepted the snapshot, once all pushes have ended.</summary>
    public async Task<bool[]> WhenAll()
    {
        await _all.Task;
        return _accepted;
    }
}
