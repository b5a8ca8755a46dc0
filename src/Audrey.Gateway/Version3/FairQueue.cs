using System.Diagnostics.CodeAnalysis;

namespace Audrey.Gateway.Version3;

/// <summary>
/// Requests that wait for a place, in turn by deployable: each time one of another deployable, and of one deployable first come, first
/// served. When it is full the longest line gives way, by its last. Not thread-safe.
/// </summary>
/// <param name="most">How many may wait in all.</param>
internal sealed class FairQueue<T>(int most)
    where T : class
{
    private readonly Dictionary<string, LinkedList<T>> _lines = new(StringComparer.Ordinal);
    private readonly Queue<string> _turns = new();

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>Takes one in.</summary>
    /// <param name="deployable">Whose line it joins.</param>
    /// <param name="one">The request.</param>
    /// <returns>Who must go instead, perhaps the same; null: nobody.</returns>
    public T? Add(string deployable, T one)
    {
        T? goes = null;
        if (Count >= most)
        {
            if (Count == 0) return one;
            var longest = _lines.MaxBy(line => line.Value.Count);
            if (longest.Key == deployable) return one;
            goes = longest.Value.Last!.Value;
            longest.Value.RemoveLast();
            Count--;
        }

        if (!_lines.TryGetValue(deployable, out var line))
        {
            _lines.Add(deployable, line = new LinkedList<T>());
            _turns.Enqueue(deployable);
        }

        line.AddLast(one);
        Count++;
        return goes;
    }

    /// <summary>The next; false when nobody waits.</summary>
    public bool TryTake([NotNullWhen(true)] out T? next)
    {
        while (_turns.TryDequeue(out var deployable))
        {
            var line = _lines[deployable];
            next = line.First?.Value;
            if (next is not null)
            {
                line.RemoveFirst();
                Count--;
            }

            if (line.Count > 0) _turns.Enqueue(deployable);
            else _lines.Remove(deployable);
            if (next is not null) return true;
        }

        next = null;
        return false;
    }
}
