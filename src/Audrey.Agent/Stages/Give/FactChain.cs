using Audrey.Agent.Diagnostics;

namespace Audrey.Agent.Stages.Give;

/// <summary>Requests from each source the names that the previous sources do not know.</summary>
internal sealed class FactChain(IAgentLog log, params IReadOnlyList<IFactSource> sources) : IFactSource
{
    private readonly OnceLog _log = new(log);

    public async Task<IReadOnlyDictionary<string, byte[]>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var refused = new HashSet<string>(StringComparer.Ordinal);
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            var left = names.Where(name => !found.ContainsKey(name) && !refused.Contains(name)).ToArray();
            if (left.Length == 0) break;
            foreach (var (name, value) in await AskAsync(source, left, cancellationToken))
                if (left.Contains(name)) found[name] = value;
            refused.UnionWith(left.Where(name => source.Owns(name) && !found.ContainsKey(name)));
        }

        return found;
    }

    /// <summary>Asks one source. If the output of its programs is so odd that the source fails, the other sources still answer.</summary>
    private async Task<IReadOnlyDictionary<string, byte[]>> AskAsync(
        IFactSource source, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        try
        {
            return await source.FindAsync(names, cancellationToken);
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or OutOfMemoryException or AgentException))
        {
            // The message of an exception may quote a value. The message of a failed file operation has only a path.
            var reason = failure is IOException or UnauthorizedAccessException ? failure.Message : failure.GetType().Name;
            _log.Write($"The facts of {source.GetType().Name} are ignored: {reason}");
            return new Dictionary<string, byte[]>();
        }
    }
}
