using Audrey.Agent.State;

namespace Audrey.Agent.Stages.Give;

/// <summary>The values that scripts of services provided, in this run or an earlier one.</summary>
internal sealed class JournalFacts(Journal journal) : IFactSource
{
    public Task<IReadOnlyDictionary<string, byte[]>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in names)
            if (journal.FindProvided(name) is { } value) found[name] = value;
        return Task.FromResult<IReadOnlyDictionary<string, byte[]>>(found);
    }
}
