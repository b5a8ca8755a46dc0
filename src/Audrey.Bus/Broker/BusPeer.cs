using System.Collections.Concurrent;
using System.Net;
using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using Audrey.Bus.Transport;

namespace Audrey.Bus.Broker;

/// <summary>
/// One signed-in connection of the embedded bus.
/// </summary>
internal sealed class BusPeer(
    Stream stream, TransportLimits limits, TimeProvider time, BusUser user, IPEndPoint remote, Action<BusPeer> ended)
    : StreamTransport(stream, limits, time)
{
    private const string PropertyName = "peer";
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<(ushort Channel, uint Handle), ReceiverQueue> _queues = new();
    private readonly TimeProvider _time = time;
    private int _links;
    private int _isEnded;

    /// <summary>The user that signed in.</summary>
    public BusUser User => user;

    /// <summary>The address of the client.</summary>
    public IPEndPoint Remote => remote;

    /// <summary>Whether the bus has closed the connection, so that its messages no longer count.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Returns the peer of a connection.</summary>
    public static BusPeer Of(ListenerConnection connection) => (BusPeer)connection.Properties[PropertyName];

    /// <inheritdoc/>
    public override void SetConnection(Connection connection)
    {
        base.SetConnection(connection);
        ((ListenerConnection)connection).Properties[PropertyName] = this;
    }

    /// <summary>Counts one more link.</summary>
    /// <exception cref="AmqpException">The connection has too many links.</exception>
    public void AddLink(int maxLinks)
    {
        if (Interlocked.Increment(ref _links) <= maxLinks) return;
        RemoveLink();
        throw new AmqpException(ErrorCode.ResourceLimitExceeded, $"A connection may have at most {maxLinks} links.");
    }

    /// <summary>Counts one link less.</summary>
    public void RemoveLink() => Interlocked.Decrement(ref _links);

    /// <summary>Passes the credit of a link to its queue, until the link is closed.</summary>
    public void AddQueue(uint remoteHandle, ReceiverQueue queue)
    {
        var key = (Channel, remoteHandle);
        _queues[key] = queue;
        queue.Link.AddClosedCallback((_, _) => _queues.TryRemove(new(key, queue)));
    }

    /// <summary>Closes the connection. A client that does not answer within 5 s is cut off.</summary>
    public void Disconnect(string condition, string reason)
    {
        IsClosed = true;
        try
        {
            Connection?.Close(TimeSpan.Zero, new Error(condition) { Description = reason });
        }
        catch (AmqpException)
        {
            // The connection is in a state in which it cannot be closed properly.
        }

        _time.CreateTimer(_ => Close(), null, Connection is null ? TimeSpan.Zero : CloseTimeout, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public override void Close()
    {
        IsClosed = true;
        base.Close();
        if (Interlocked.Exchange(ref _isEnded, 1) == 0) ended(this);
    }

    /// <inheritdoc/>
    protected override void OnFlow(uint handle, uint limit, bool isDrain)
    {
        if (_queues.TryGetValue((Channel, handle), out var queue)) queue.Grant(limit, isDrain);
    }
}
