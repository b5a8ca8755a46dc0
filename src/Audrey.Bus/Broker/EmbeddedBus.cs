using System.Net;
using Amqp.Listener;
using Audrey.Bus.Qmf;

namespace Audrey.Bus.Broker;

/// <summary>
/// A broker of QMF v2 over AMQP 1.0 in this process, with a topic exchange and a direct exchange. It keeps nothing: a message that no
/// receiver can take is dropped. A sender is answered when all listeners in this process have processed its message.
/// </summary>
public sealed class EmbeddedBus : IAsyncDisposable
{
    private readonly PeerTable _peers = new();
    private readonly BusAcceptor _acceptor;
    private readonly BusRouter _router;
    private readonly ConnectionListener _listener;
    private readonly Task _accepting;

    /// <summary>Starts a bus.</summary>
    /// <param name="options">The endpoint and the limits.</param>
    /// <param name="authenticator">Verifies credentials.</param>
    /// <param name="access">Says who may send and receive what.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The endpoint is in use, or is not of this machine.</exception>
    public EmbeddedBus(EmbeddedBusOptions options, IBusAuthenticator authenticator, IBusAccess access, TimeProvider time)
    {
        _acceptor = new BusAcceptor(options, authenticator, _peers, time);
        _router = new BusRouter(access);
        _listener = new ConnectionListener(new Amqp.Address("amqp://localhost"), new BusContainer(options, _acceptor, _router));
        _listener.AMQP.ContainerId = "audrey";
        _listener.AMQP.MaxFrameSize = BusAcceptor.MaxFrameBytes;
        _listener.AMQP.MaxSessionsPerConnection = 8;
        _listener.AMQP.MaxLinksPerSession = options.MaxLinks;
        _listener.AMQP.IdleTimeout = (int)options.IdleTimeout.TotalMilliseconds;
        _listener.Open();
        _accepting = _acceptor.RunAsync();
    }

    /// <summary>The address and the port that the bus listens at.</summary>
    public IPEndPoint Endpoint => _acceptor.Endpoint;

    /// <summary>The number of connections that are signed in.</summary>
    public int Connections => _peers.Count;

    /// <summary>The number of connections that were not signed in, since the start.</summary>
    public long RefusedConnections => _acceptor.Refused;

    /// <summary>The number of messages that were dropped because a receiver was too slow, since the start.</summary>
    public long DroppedMessages => _router.Dropped;

    /// <summary>The number of messages that were passed on, since the start.</summary>
    public long RoutedMessages => _router.Routed;

    /// <summary>Passes the messages of an address to a listener in this process, until the result is disposed.</summary>
    /// <param name="address">The exchange with a key or a pattern.</param>
    /// <param name="listener">The listener. The access rules do not apply to it.</param>
    public IDisposable Listen(BusAddress address, IBusListener listener) => _router.Listen(address, listener);

    /// <summary>Sends a message from this process. The access rules for receivers apply.</summary>
    /// <param name="sender">The user in whose name the message is sent.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Is passed to the listeners.</param>
    public ValueTask<BusOutcome> SendAsync(BusUser sender, QmfMessage message, CancellationToken cancellationToken) =>
        _router.RouteAsync(sender, message with { UserId = sender.Name }, cancellationToken);

    /// <summary>Closes all connections of a user. Messages that it has sent but that are not processed yet still are.</summary>
    /// <param name="user">The name of the user.</param>
    /// <param name="reason">The reason for people, such as that the secret was replaced.</param>
    public void Disconnect(string user, string reason)
    {
        foreach (var peer in _peers.Find(user)) peer.Disconnect("amqp:unauthorized-access", reason);
    }

    /// <summary>Closes all connections, and stops to listen.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var peer in _peers.Find(null)) peer.Disconnect("amqp:connection:forced", "The bus stops.");
        _router.Dispose();
        _listener.Close();
        _acceptor.Dispose();
        await _accepting;
        foreach (var peer in _peers.Find(null)) peer.Close();
    }
}
