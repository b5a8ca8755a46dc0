using Audrey.Bus.Qmf;

namespace Audrey.Bus.Broker;

/// <summary>
/// Finds the receivers of a key. Exact keys and patterns with a literal first word are found without a search of all patterns.
/// </summary>
/// <typeparam name="T">The receivers.</typeparam>
internal sealed class Bindings<T>
    where T : class
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<(string Pattern, T Receiver)>> _groups = new(StringComparer.Ordinal);

    /// <summary>Adds a receiver of the keys that match a pattern.</summary>
    /// <param name="pattern">The pattern, or the exact key.</param>
    /// <param name="receiver">The receiver.</param>
    /// <param name="isTopic">Whether the words <c>*</c> and <c>#</c> match other words.</param>
    public void Add(string pattern, T receiver, bool isTopic)
    {
        var group = Group(pattern, isTopic);
        lock (_lock)
        {
            if (!_groups.TryGetValue(group, out var bindings)) _groups[group] = bindings = [];
            bindings.Add((pattern, receiver));
        }
    }

    /// <summary>Removes a receiver.</summary>
    public void Remove(string pattern, T receiver, bool isTopic)
    {
        var group = Group(pattern, isTopic);
        lock (_lock)
        {
            if (!_groups.TryGetValue(group, out var bindings)) return;
            bindings.RemoveAll(binding => ReferenceEquals(binding.Receiver, receiver));
            if (bindings.Count == 0) _groups.Remove(group);
        }
    }

    /// <summary>Returns the receivers of a key.</summary>
    public IReadOnlyList<T> Find(string key)
    {
        var found = new List<T>();
        lock (_lock)
        {
            Collect("=" + key, key, found);
            Collect(FirstWord(key) + ".", key, found);
            Collect("*", key, found);
        }

        return found;
    }

    private void Collect(string group, string key, List<T> found)
    {
        if (!_groups.TryGetValue(group, out var bindings)) return;
        foreach (var (pattern, receiver) in bindings)
        {
            if (group[0] == '=' || BusAddress.Matches(pattern, key)) found.Add(receiver);
        }
    }

    private static string Group(string pattern, bool isTopic)
    {
        if (!isTopic || pattern.AsSpan().IndexOfAny('*', '#') < 0) return "=" + pattern;
        var first = FirstWord(pattern);
        return first is "*" or "#" ? "*" : first + ".";
    }

    private static string FirstWord(string key)
    {
        var end = key.IndexOf('.', StringComparison.Ordinal);
        return end < 0 ? key : key[..end];
    }
}
