using Audrey.Bus.Connections;

namespace Audrey.Agent.Watching.Bus;

/// <summary>The bus and the identity of the instance there.</summary>
/// <param name="Options">How to connect, without the credential.</param>
/// <param name="Instance">The instance's id, which is the user.</param>
/// <param name="ReadSecret">Returns the newest secret of the instance.</param>
internal sealed record GuestBus(BusOptions Options, string Instance, Func<string> ReadSecret)
{
    /// <summary>
    /// Asks the server once again which bus it names. The result is null if it does not answer, or names none. The property is null if the
    /// command line names the bus.
    /// </summary>
    public Func<CancellationToken, Task<BusOptions?>>? FindAgainAsync { get; init; }
}
