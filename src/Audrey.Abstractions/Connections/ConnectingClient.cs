using Orleans;
using Orleans.Runtime;
using Orleans.Runtime.Messaging;

namespace Audrey.Abstractions.Connections;

/// <summary>
/// The part of Orleans' first message on a connection that a silo must know before it lets the connection through. The ids of the fields
/// are those of Orleans. The fields that follow are skipped. This class is not a record, because Orleans encodes the parameters of a
/// record's constructor separately.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.ConnectingClient")]
public sealed class ConnectingClient
{
    /// <summary>Gets the version of Orleans' protocol.</summary>
    [Id(0)] public NetworkProtocolVersion Version { get; init; }

    /// <summary>Gets the id under which the client sends its calls and receives answers.</summary>
    [Id(1)] public GrainId Client { get; init; }
}
