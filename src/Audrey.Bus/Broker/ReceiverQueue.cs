using Amqp;
using Amqp.Framing;
using Amqp.Listener;

namespace Audrey.Bus.Broker;

/// <summary>
/// The messages that wait for one receiver. The oldest ones are dropped when there are too many.
/// </summary>
/// <param name="link">The link to the receiver.</param>
/// <param name="maxMessages">The largest number of messages that wait, and that are sent without an answer.</param>
/// <param name="maxBytes">The largest sum of the messages that wait, and of those that are sent without an answer.</param>
/// <param name="dropped">Is called for each message that is dropped.</param>
internal sealed class ReceiverQueue(ListenerLink link, int maxMessages, int maxBytes, Action dropped)
{
    private readonly Lock _lock = new();
    private readonly Queue<byte[]> _waiting = new();
    private readonly Dictionary<Message, int> _unanswered = [];
    private long _waitingBytes;
    private long _unansweredBytes;
    private uint _sent;
    private uint _limit;
    private bool _isDraining;
    private bool _isSending;

    /// <summary>The link to the receiver.</summary>
    public ListenerLink Link => link;

    /// <summary>Adds an encoded message, and sends it as soon as the receiver allows it.</summary>
    public void Add(byte[] message)
    {
        lock (_lock)
        {
            _waiting.Enqueue(message);
            _waitingBytes += message.Length;
            while (_waiting.Count > maxMessages || (_waitingBytes > maxBytes && _waiting.Count > 1))
            {
                _waitingBytes -= _waiting.Dequeue().Length;
                dropped();
            }
        }

        Send();
    }

    /// <summary>Lets the receiver have messages up to a number, counted from the first message of the link.</summary>
    public void Grant(uint limit, bool isDrain)
    {
        lock (_lock)
        {
            _limit = limit;
            _isDraining = isDrain;
        }

        Send();
    }

    /// <summary>Frees the room of a message that the receiver has answered.</summary>
    public void Answered(Message message, DeliveryState state, bool isSettled)
    {
        lock (_lock)
        {
            if (_unanswered.Remove(message, out var size)) _unansweredBytes -= size;
        }

        if (!isSettled && !link.IsClosed) link.DisposeMessage(message, state, true);
        Send();
    }

    // One caller sends at a time, so that the order stays. A call during the sending is noticed by the next turn of the loop.
    private void Send()
    {
        while (TryTake(out var bytes, out var message))
        {
            try
            {
                link.SendMessage(message, new ByteBuffer(bytes, 0, bytes.Length, bytes.Length));
            }
            catch (Exception exception) when (exception is AmqpException or ObjectDisposedException)
            {
                // The link is closed, and its queue is no longer reached.
                return;
            }
            finally
            {
                lock (_lock) _isSending = false;
            }
        }
    }

    private bool TryTake(out byte[] bytes, out Message message)
    {
        (bytes, message) = ([], null!);
        lock (_lock)
        {
            if (_isSending || link.IsClosed) return false;
            var credit = unchecked((int)(_limit - _sent));
            if (credit > 0 && _waiting.Count > 0 && _unanswered.Count < maxMessages && _unansweredBytes < maxBytes)
            {
                bytes = _waiting.Dequeue();
                message = new Message();
                _waitingBytes -= bytes.Length;
                _unansweredBytes += bytes.Length;
                _unanswered[message] = bytes.Length;
                _sent++;
                _isSending = true;
                return true;
            }

            if (!_isDraining || credit <= 0 || _waiting.Count > 0) return false;
            _isDraining = false;
            _sent = _limit;
        }

        link.CompleteDrain();
        return false;
    }
}
