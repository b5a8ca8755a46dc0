namespace Audrey.Agent.Facts;

/// <summary>Something that knows values. A source that does not know a name for certain leaves it out: nothing is guessed.</summary>
internal interface IFactSource
{
    /// <summary>The values of those of the names that it knows.</summary>
    Task<IReadOnlyDictionary<string, byte[]>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken);
}
