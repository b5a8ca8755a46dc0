using Audrey.Bus.Qmf;

namespace Audrey.Bus.Agents;

/// <summary>
/// The objects of an agent.
/// </summary>
public interface IAgentObjects
{
    /// <summary>The schemas of all classes and events, with hashes.</summary>
    IReadOnlyList<QmfSchema> Schemas { get; }

    /// <summary>
    /// Returns the objects of the agent as they are now. The agent itself selects those that a query asks for.
    /// </summary>
    /// <param name="className">The class that the query asks for. Objects of other classes may be left out. Null asks for all.</param>
    /// <param name="cancellationToken">Ends when the agent stops.</param>
    /// <exception cref="QmfException">The objects cannot be read. The reason is sent to the console.</exception>
    ValueTask<IReadOnlyList<QmfObject>> ReadAsync(string? className, CancellationToken cancellationToken);

    /// <summary>Runs a method, and returns its results.</summary>
    /// <param name="call">The object, the method and the arguments, as the console has sent them.</param>
    /// <param name="userId">The user that the broker has checked, or null.</param>
    /// <param name="cancellationToken">Ends when the agent stops.</param>
    /// <exception cref="QmfException">There is no such method, or it fails. The reason is sent to the console.</exception>
    ValueTask<IReadOnlyDictionary<string, object?>> CallAsync(QmfCall call, string? userId, CancellationToken cancellationToken);
}
