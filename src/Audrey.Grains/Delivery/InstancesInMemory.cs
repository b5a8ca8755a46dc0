using System.Collections.Concurrent;
using Audrey.Core.Instances;

namespace Audrey.Grains.Delivery;

/// <summary>Takes what a provider gives.</summary>
internal interface IRecipient
{
    /// <summary>Takes a snapshot, in the recipient's own turn; touches memory only.</summary>
    void Take(ProviderSnapshot snapshot);
}

/// <summary>
/// The instances that are in this silo's memory, with the scheduler that each runs on: what comes for many of them is handed over without a
/// message for each.
/// </summary>
internal sealed class InstancesInMemory
{
    private readonly ConcurrentDictionary<string, Place> _places = new(StringComparer.Ordinal);

    /// <summary>Notes a recipient. Called while it is activated, on the scheduler that it runs on.</summary>
    /// <returns>Its place, to be given up with <see cref="Leave"/>.</returns>
    public Place Enter(string id, IRecipient recipient) => _places[id] = new Place(recipient, TaskScheduler.Current);

    /// <summary>Gives a place up; one that another activation has taken meanwhile stays.</summary>
    public void Leave(string id, Place place) => _places.TryRemove(KeyValuePair.Create(id, place));

    /// <summary>The place of an instance; null when it is not in memory here.</summary>
    public Place? Find(string id) => _places.GetValueOrDefault(id);

    /// <summary>One recipient in memory.</summary>
    public sealed class Place(IRecipient recipient, TaskScheduler scheduler)
    {
        /// <summary>Hands a snapshot over; the recipient's turn counts it.</summary>
        public void HandOver(ProviderSnapshot snapshot, Handover handover, int index) => _ = Task.Factory.StartNew(
            static handed => ((Handed)handed!).Take(), new Handed(recipient, snapshot, handover, index), CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
    }

    private sealed class Handed(IRecipient recipient, ProviderSnapshot snapshot, Handover handover, int index)
    {
        public void Take()
        {
            try
            {
                recipient.Take(snapshot);
                handover.Taken(index);
            }
            finally
            {
                handover.Done();
            }
        }
    }
}

/// <summary>Counts the recipients that have taken a snapshot, with less than a task for each.</summary>
/// <param name="recipients">How many there may be.</param>
/// <param name="turns">How many of them are given a turn.</param>
internal sealed class Handover(int recipients, int turns)
{
    private readonly TaskCompletionSource _all = new();
    private readonly bool[] _taken = new bool[recipients];

    // One for whoever hands over, until he has handed everything.
    private int _left = turns + 1;

    /// <summary>A recipient has taken it.</summary>
    public void Taken(int index) => _taken[index] = true;

    /// <summary>A recipient's turn is over, or everything is handed over.</summary>
    public void Done()
    {
        if (Interlocked.Decrement(ref _left) == 0) _all.SetResult();
    }

    /// <summary>Which have taken it, when all turns are over.</summary>
    public async Task<bool[]> All()
    {
        await _all.Task;
        return _taken;
    }
}
