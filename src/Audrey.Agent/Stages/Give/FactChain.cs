namespace Audrey.Agent.Stages.Give;

/// <summary>Asks each source for the names that the previous sources do not know.</summary>
internal sealed class FactChain(params IReadOnlyList<IFactSource> sources) : IFactSource
{
    public async Task<IReadOnlyDictionary<string, byte[]>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            var left = names.Where(name => !found.ContainsKey(name)).ToArray();
            if (left.Length == 0) break;
            foreach (var (name, value) in await source.FindAsync(left, cancellationToken))
                if (left.Contains(name)) found[name] = value;
        }

        return found;
    }
}
