using Audrey.Bus.Qmf;

namespace Audrey.Bus.Connections;

/// <summary>
/// A message that waits to be sent, or for the answer of the broker.
/// </summary>
internal sealed class QueuedMessage(QmfMessage message)
{
    private readonly TaskCompletionSource<BusOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public QmfMessage Message => message;

    public Task<BusOutcome> Outcome => _outcome.Task;

    /// <summary>The number of connections that were lost before the broker answered.</summary>
    public int Losses { get; set; }

    public void End(BusOutcome outcome) => _outcome.TrySetResult(outcome);
}

/// <summary>
/// The messages that wait to be sent. When there are too many, the oldest indication is dropped, or else the oldest message.
/// </summary>
internal sealed class SendQueue(int maxMessages) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly LinkedList<QueuedMessage> _messages = new();
    private readonly SemaphoreSlim _added = new(0);
    private bool _isClosed;

    /// <summary>The number of messages that were dropped.</summary>
    public long Dropped { get; private set; }

    /// <summary>Adds a message at the end.</summary>
    public void Add(QueuedMessage message)
    {
        QueuedMessage? dropped = null;
        lock (_lock)
        {
            if (_isClosed)
            {
                dropped = message;
            }
            else
            {
                _messages.AddLast(message);
                if (_messages.Count > maxMessages) dropped = Drop();
                else _added.Release();
            }
        }

        dropped?.End(new BusOutcome(BusOutcomeKind.Dropped, "", _isClosed ? "The connection is closed." : "The queue of the connection is full."));
    }

    /// <summary>Puts messages back to the front, in their order.</summary>
    public void Return(IReadOnlyList<QueuedMessage> messages)
    {
        lock (_lock)
        {
            for (var index = messages.Count - 1; index >= 0; index--) _messages.AddFirst(messages[index]);
            if (messages.Count > 0) _added.Release(messages.Count);
        }
    }

    /// <summary>Takes the first message, when there is one.</summary>
    public async Task<QueuedMessage> TakeAsync(CancellationToken cancellationToken)
    {
        await _added.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            var first = _messages.First!.Value;
            _messages.RemoveFirst();
            return first;
        }
    }

    /// <summary>Drops all messages, and each that is added from now on.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            foreach (var message in _messages) message.End(new BusOutcome(BusOutcomeKind.Dropped, "", "The connection is closed."));
        }
    }

    private QueuedMessage Drop()
    {
        Dropped++;
        var node = _messages.First!;
        while (node is not null && !node.Value.Message.IsIndication) node = node.Next;
        node ??= _messages.First!;
        _messages.Remove(node);
        return node.Value;
    }
}
