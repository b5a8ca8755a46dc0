using System.Net;
using System.Net.Security;

namespace Audrey.Bus.Broker;

/// <summary>
/// The endpoint and the limits of an embedded bus.
/// </summary>
public sealed record EmbeddedBusOptions
{
    /// <summary>The address and the port to listen at. Port 0 lets the system choose.</summary>
    public required IPEndPoint Endpoint { get; init; }

    /// <summary>Returns the TLS options for a new connection, with a certificate. Without it, the bus speaks no TLS.</summary>
    public Func<SslServerAuthenticationOptions>? Tls { get; init; }

    /// <summary>The largest number of connections.</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>The largest number of connections that are not signed in yet.</summary>
    public int MaxHandshakes { get; init; } = 512;

    /// <summary>The largest number of connections of one user.</summary>
    public int MaxConnectionsPerUser { get; init; } = 8;

    /// <summary>The largest number of links of one connection.</summary>
    public int MaxLinks { get; init; } = 32;

    /// <summary>The largest message, in bytes.</summary>
    public int MaxMessageBytes { get; init; } = 256 * 1024;

    /// <summary>The largest number of messages that wait for one receiver. The oldest ones are dropped.</summary>
    public int MaxQueuedMessages { get; init; } = 1_000;

    /// <summary>The largest sum of the messages that wait for one receiver, in bytes. The oldest ones are dropped.</summary>
    public int MaxQueuedBytes { get; init; } = 1024 * 1024;

    /// <summary>The time within which a new connection must be signed in.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time after which a silent connection is closed. Peers are asked for a sign of life in half of it.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The time after which a connection is closed that does not take the bytes that are sent to it.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
