using System.Net;
using Orleans.Runtime;

namespace Audrey.Abstractions.Connections;

/// <summary>The clients that are connected to this silo's port for clients.</summary>
public interface IConnectedClients
{
    /// <summary>
    /// Returns the network addresses that a client is connected from, as its connections show them. Usually there is one. Empty if the
    /// client is not connected to this silo.
    /// </summary>
    /// <param name="client">The id of the client, which the port has compared with the sender of each message.</param>
    IReadOnlyList<IPAddress> AddressesOf(GrainId client);
}
