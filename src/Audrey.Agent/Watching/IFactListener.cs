using Audrey.Agent.Facts;

namespace Audrey.Agent.Watching;

/// <summary>Receives the facts that have changed.</summary>
internal interface IFactListener
{
    /// <summary>
    /// Called after a class was read for the first time, and after each change of a property that is not volatile. The calls are never
    /// concurrent. A listener returns at once: while it works, no other change is seen.
    /// </summary>
    void Receive(FactChange change);
}

/// <summary>A change of the facts of one class.</summary>
/// <param name="Report">All facts of the class, also those that have not changed.</param>
/// <param name="Time">The time of the reading.</param>
/// <param name="Changed">The properties that have changed, appeared or disappeared, in ascending order.</param>
internal sealed record FactChange(ClassReport Report, DateTimeOffset Time, IReadOnlyList<string> Changed);
