namespace Audrey.Agent.Facts;

/// <summary>Reads the facts of one class.</summary>
internal interface IFactReader
{
    /// <summary>The class that this reader reads.</summary>
    FactClass Class { get; }

    /// <summary>The maximum time for all facts of the class.</summary>
    TimeSpan MaxTime => TimeSpan.FromSeconds(10);

    /// <summary>
    /// The maximum time between two readings while the facts are watched. It bounds how long a change of which the kernel does not tell can
    /// stay unseen.
    /// </summary>
    TimeSpan Interval => TimeSpan.FromMinutes(5);

    /// <summary>Returns the signs of a change of the facts. They can be others after each reading.</summary>
    ChangeSigns FindSigns() => ChangeSigns.None;

    /// <summary>
    /// Returns a text that is cheap to read and that changes when those facts change of which the kernel does not tell. Null if there is no
    /// such text.
    /// </summary>
    string? Glance() => null;

    /// <summary>Returns a reading for each property of the class. The names of open properties are those that the machine has.</summary>
    /// <exception cref="FactException">No fact of the class can be read. The message is the reason.</exception>
    Task<IReadOnlyDictionary<string, Reading>> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>Facts cannot be read. The message is the reason, for a person.</summary>
internal sealed class FactException(string reason) : Exception(reason);

/// <summary>The facts of one class.</summary>
/// <param name="Class">The class.</param>
/// <param name="Readings">The readings by property.</param>
/// <param name="Reason">The reason why no fact of the class could be read. Null if they were read.</param>
internal sealed record ClassReport(FactClass Class, IReadOnlyDictionary<string, Reading> Readings, string? Reason);
