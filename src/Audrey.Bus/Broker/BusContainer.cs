using System.Security.Cryptography.X509Certificates;
using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using Amqp.Types;
using Audrey.Bus.Qmf;

namespace Audrey.Bus.Broker;

/// <summary>
/// Attaches the links of the embedded bus: senders to an exchange, and receivers to a key or a pattern on one.
/// </summary>
internal sealed class BusContainer(EmbeddedBusOptions options, BusAcceptor acceptor, BusRouter router) : IContainer
{
    private const int Credit = 100;

    // With the credit that is restored while messages are processed, a sender can have one and a half times the credit in flight.
    private const int MaxInFlight = Credit * 2;
    private const int MaxNameLength = 512;

    /// <inheritdoc/>
    public X509Certificate2? ServiceCertificate => null;

    /// <inheritdoc/>
    public IDictionary<string, TransportProvider> CustomTransports { get; } =
        new Dictionary<string, TransportProvider>(StringComparer.OrdinalIgnoreCase) { ["amqp"] = acceptor };

    /// <inheritdoc/>
    public Message CreateMessage(ByteBuffer buffer) => Message.Decode(buffer);

    /// <inheritdoc/>
    public Link CreateLink(ListenerConnection connection, ListenerSession session, Attach attach) => new ListenerLink(session, attach);

    /// <inheritdoc/>
    public bool AttachLink(ListenerConnection connection, ListenerSession session, Link link, Attach attach)
    {
        var peer = BusPeer.Of(connection);
        if (attach.LinkName.Length > MaxNameLength) throw new AmqpException(ErrorCode.InvalidField, "The name of the link is too long.");
        peer.AddLink(options.MaxLinks);
        link.AddClosedCallback((_, _) => peer.RemoveLink());
        if (attach.Role) AttachReceiver(peer, (ListenerLink)link, attach);
        else AttachSender(peer, (ListenerLink)link, attach);
        return true;
    }

    private void AttachSender(BusPeer peer, ListenerLink link, Attach attach)
    {
        var address = Resolve((attach.Target as Target)?.Address);
        attach.MaxMessageSize = (ulong)options.MaxMessageBytes;
        var inFlight = 0;
        link.InitializeReceiver(Credit, (_, message, _, _) =>
        {
            if (Interlocked.Increment(ref inFlight) > MaxInFlight)
                throw new AmqpException(ErrorCode.TransferLimitExceeded, $"The link has a credit of {Credit} messages.");
            _ = ReceiveAsync(peer, link, message, address, () => Interlocked.Decrement(ref inFlight));
        }, null);
    }

    private void AttachReceiver(BusPeer peer, ListenerLink link, Attach attach)
    {
        var source = attach.Source as Source ?? throw new AmqpException(ErrorCode.InvalidField, "The receiver has no source.");
        if (source.Dynamic)
            throw new AmqpException(ErrorCode.NotImplemented, "The bus has no temporary nodes. Listen at a key of an exchange.");
        var address = Resolve(source.Address);
        address = address with { Key = FilterKey(source.FilterSet) ?? address.Key };
        if (router.Access.WhyNotListen(peer.User, address) is { } reason) throw new AmqpException(ErrorCode.UnauthorizedAccess, reason);
        // The receiver answers each message, so a receiver that has stopped does not get more than it can hold.
        attach.SndSettleMode = SenderSettleMode.Unsettled;
        attach.MaxMessageSize = 0;
        var queue = new ReceiverQueue(link, options.MaxQueuedMessages, options.MaxQueuedBytes, router.CountDropped);
        var bound = new BoundQueue(peer.User, queue);
        link.InitializeSender((_, _, _) => { }, (message, state, isSettled, _) => queue.Answered(message, state, isSettled), null);
        peer.AddQueue(attach.Handle, queue);
        router.Bind(address, bound);
        link.AddClosedCallback((_, _) => router.Unbind(address, bound));
    }

    private BusAddress Resolve(string? node)
    {
        var address = BusAddress.TryParse(node);
        if (address is null || !router.HasExchange(address.Exchange))
        {
            throw new AmqpException(
                ErrorCode.NotFound,
                $"There is no node '{node}'. The nodes are {BusAddress.Topic} and {BusAddress.Direct}, each with /KEY.");
        }

        if (address.Key.Length > MaxNameLength) throw new AmqpException(ErrorCode.InvalidField, "The key is too long.");
        return address;
    }

    // Consoles and agents of Qpid give the key as a filter.
    private static string? FilterKey(Map? filters)
    {
        foreach (var (_, filter) in filters ?? [])
        {
            if (filter is DescribedValue described && QmfValues.Text(described.Value) is { } key
                && QmfValues.Text(described.Descriptor)?.Contains("legacy-amqp-", StringComparison.Ordinal) is true)
            {
                return key;
            }
        }

        return null;
    }

    private async Task ReceiveAsync(BusPeer peer, ListenerLink link, Message message, BusAddress target, Action answered)
    {
        BusOutcome outcome;
        try
        {
            outcome = peer.IsClosed ? BusOutcome.Released : await RouteAsync(peer, message, target);
        }
        catch (QmfFormatException exception)
        {
            outcome = BusOutcome.Rejected(ErrorCode.DecodeError, exception.Message);
        }
        catch (Exception)
        {
            // The access rules failed, so nobody knows whether the message is allowed. The sender has to send it again.
            outcome = BusOutcome.Released;
        }

        answered();
        try
        {
            link.DisposeMessage(message, State(outcome), true);
        }
        catch (Exception exception) when (exception is AmqpException or ObjectDisposedException)
        {
            // The sender is gone. It sends the message again if it needs to.
        }
    }

    private async ValueTask<BusOutcome> RouteAsync(BusPeer peer, Message message, BusAddress target)
    {
        var received = QmfCodec.Read(message, target.Exchange) with { UserId = peer.User.Name };
        if (received.Address.Key.Length == 0) received = received with { Address = target };
        if (received.Address.Key.Length > MaxNameLength) throw new QmfFormatException("subject", "is too long");
        if (router.Access.WhyNotSend(peer.User, received, AgentClaims.Of(received)) is { } reason)
            return BusOutcome.Rejected(ErrorCode.UnauthorizedAccess, reason);
        return await router.RouteAsync(peer.User, received, CancellationToken.None);
    }

    private static Outcome State(BusOutcome outcome) => outcome.Kind switch
    {
        BusOutcomeKind.Accepted => new Accepted(),
        BusOutcomeKind.Rejected => new Rejected
        {
            Error = new Error(outcome.Condition) { Description = outcome.Description },
        },
        _ => new Released(),
    };
}
