using System.Diagnostics.CodeAnalysis;

namespace Audrey.Gateway.Limits;

/// <summary>
/// Requests that wait for admission. Deployables take turns. The requests of one deployable are served in the order of their arrival. When
/// the queue is full, the deployable with the most requests loses its last request. Not thread-safe.
/// </summary>
/// <param name="max">The maximum number of waiting requests.</param>
internal sealed class FairQueue<T>(int max)
    where T : class
{
    private readonly Dictionary<string, LinkedList<T>> _byDeployable = new(StringComparer.Ordinal);
    private readonly Queue<string> _turns = new();

    /// <summary>Gets the number of waiting requests.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Adds a request. If the queue is full, returns the request that is removed from it, which can be the new request. Returns null if no
    /// request is removed.
    /// </summary>
    public T? Add(string deployable, T request)
    {
        T? rejected = null;
        if (Count >= max)
        {
            if (Count == 0) return request;
            var largest = _byDeployable.MaxBy(entry => entry.Value.Count);
            if (largest.Key == deployable) return request;
            rejected = largest.Value.Last!.Value;
            largest.Value.RemoveLast();
            Count--;
        }

        if (!_byDeployable.TryGetValue(deployable, out var requests))
        {
            _byDeployable.Add(deployable, requests = new LinkedList<T>());
            _turns.Enqueue(deployable);
        }

        requests.AddLast(request);
        Count++;
        return rejected;
    }

    /// <summary>Removes and returns the next request. Returns false if the queue is empty.</summary>
    public bool TryTake([NotNullWhen(true)] out T? next)
    {
        while (_turns.TryDequeue(out var deployable))
        {
            var requests = _byDeployable[deployable];
            next = requests.First?.Value;
            if (next is not null)
            {
                requests.RemoveFirst();
                Count--;
            }

            if (requests.Count > 0) _turns.Enqueue(deployable);
            else _byDeployable.Remove(deployable);
            if (next is not null) return true;
        }

        next = null;
        return false;
    }
}
