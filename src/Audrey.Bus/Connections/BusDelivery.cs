using Amqp;
using Amqp.Framing;
using Audrey.Bus.Qmf;

namespace Audrey.Bus.Connections;

/// <summary>
/// A received message. The receiver settles it exactly once; more calls have no effect.
/// </summary>
public sealed class BusDelivery
{
    private readonly IReceiverLink _link;
    private readonly Message _amqp;
    private int _isSettled;

    internal BusDelivery(IReceiverLink link, Message amqp, QmfMessage message) => (_link, _amqp, Message) = (link, amqp, message);

    /// <summary>The message.</summary>
    public QmfMessage Message { get; }

    /// <summary>Tells the broker that the message is processed.</summary>
    public void Accept() => Settle(_link.Accept);

    /// <summary>Gives the message back, so that it may be delivered again.</summary>
    public void Release() => Settle(_link.Release);

    /// <summary>Refuses the message.</summary>
    /// <param name="condition">The condition of AMQP, such as <c>amqp:decode-error</c>.</param>
    /// <param name="description">The reason for people.</param>
    public void Reject(string condition, string description) => Settle(message => Reject(_link, message, condition, description));

    internal static void Reject(IReceiverLink link, Message message, string condition, string description) =>
        link.Reject(message, new Error(condition) { Description = description });

    private void Settle(Action<Message> settle)
    {
        if (Interlocked.Exchange(ref _isSettled, 1) != 0) return;
        try
        {
            settle(_amqp);
        }
        catch (Exception exception) when (exception is AmqpException or ObjectDisposedException)
        {
            // The connection is lost, so the broker already knows that the message is not settled.
        }
    }
}
