namespace Audrey.Agent.Stages.Give;

/// <summary>A source of values. The source omits a name if the value is not certain. A source never guesses.</summary>
internal interface IFactSource
{
    /// <summary>
    /// Returns whether only this source may answer for the name. If it does not know the value, later sources are not asked.
    /// </summary>
    bool Owns(string name) => false;

    /// <summary>Returns the values of the names that this source knows.</summary>
    Task<IReadOnlyDictionary<string, byte[]>> FindAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken);
}
