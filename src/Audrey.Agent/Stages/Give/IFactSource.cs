namespace Audrey.Agent.Stages.Give;

/// <summary>A source of values. It omits a name if the value is not certain. It never guesses.</summary>
internal interface IFactSource
{
    /// <summary>Returns the values of the names that this source knows.</summary>
    Task<IReadOnlyDictionary<string, byte[]>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken);
}
