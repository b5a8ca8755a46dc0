namespace Audrey.Agent.Stages.Give;

/// <summary>A source of values. It leaves out a name whose value is not certain. It never guesses.</summary>
internal interface IFactSource
{
    /// <summary>Returns the values of the names that it knows.</summary>
    Task<IReadOnlyDictionary<string, byte[]>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken);
}
