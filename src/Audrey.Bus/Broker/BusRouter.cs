using Audrey.Bus.Qmf;

namespace Audrey.Bus.Broker;

/// <summary>
/// Passes messages to the queues of receivers and to the listeners in this process.
/// </summary>
internal sealed class BusRouter(IBusAccess access) : IDisposable
{
    private const int MaxConcurrentCalls = 256;
    private readonly Dictionary<string, Bindings<BoundQueue>> _queues = Exchanges<BoundQueue>();
    private readonly Dictionary<string, Bindings<IBusListener>> _listeners = Exchanges<IBusListener>();
    private readonly SemaphoreSlim _calls = new(MaxConcurrentCalls);
    private readonly CancellationTokenSource _stop = new();
    private long _dropped;
    private long _routed;

    /// <summary>The number of messages that were dropped.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>The number of messages that were passed on.</summary>
    public long Routed => Interlocked.Read(ref _routed);

    /// <summary>The rules.</summary>
    public IBusAccess Access => access;

    /// <summary>Returns whether an exchange exists.</summary>
    public bool HasExchange(string exchange) => _queues.ContainsKey(exchange);

    /// <summary>Ends the calls of listeners.</summary>
    public void Dispose() => _stop.Cancel();

    /// <summary>Counts a message that was dropped.</summary>
    public void CountDropped() => Interlocked.Increment(ref _dropped);

    /// <summary>Adds the queue of a receiver.</summary>
    public void Bind(BusAddress address, BoundQueue queue) =>
        _queues[address.Exchange].Add(address.Key, queue, address.Exchange == BusAddress.Topic);

    /// <summary>Removes the queue of a receiver.</summary>
    public void Unbind(BusAddress address, BoundQueue queue) =>
        _queues[address.Exchange].Remove(address.Key, queue, address.Exchange == BusAddress.Topic);

    /// <summary>Adds a listener of this process, until the result is disposed.</summary>
    public IDisposable Listen(BusAddress address, IBusListener listener)
    {
        var isTopic = address.Exchange == BusAddress.Topic;
        _listeners[address.Exchange].Add(address.Key, listener, isTopic);
        return new Subscription(() => _listeners[address.Exchange].Remove(address.Key, listener, isTopic));
    }

    /// <summary>Sends a message to all that may receive it. The outcome is that of the listeners in this process.</summary>
    public async ValueTask<BusOutcome> RouteAsync(BusUser sender, QmfMessage message, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _routed);
        byte[]? encoded = null;
        foreach (var queue in _queues[message.Address.Exchange].Find(message.Address.Key))
        {
            if (!access.MayReceive(queue.User, sender, message)) continue;
            queue.Queue.Add(encoded ??= Encode(message));
        }

        var outcome = BusOutcome.Accepted;
        foreach (var listener in _listeners[message.Address.Exchange].Find(message.Address.Key))
        {
            var answer = await CallAsync(listener, sender, message, cancellationToken);
            if (outcome.Kind is BusOutcomeKind.Accepted) outcome = answer;
        }

        return outcome;
    }

    private async ValueTask<BusOutcome> CallAsync(
        IBusListener listener, BusUser sender, QmfMessage message, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, cancellationToken);
        try
        {
            await _calls.WaitAsync(either.Token);
            try
            {
                return await listener.ReceiveAsync(sender, message, either.Token);
            }
            finally
            {
                _calls.Release();
            }
        }
        catch (Exception)
        {
            // The listener could not process the message, so the sender has to send it again.
            return BusOutcome.Released;
        }
    }

    private static byte[] Encode(QmfMessage message)
    {
        var buffer = QmfCodec.Write(message).Encode();
        return buffer.Buffer.AsSpan(buffer.Offset, buffer.Length).ToArray();
    }

    private static Dictionary<string, Bindings<T>> Exchanges<T>()
        where T : class => new(StringComparer.Ordinal) { [BusAddress.Topic] = new(), [BusAddress.Direct] = new() };

    private sealed class Subscription(Action remove) : IDisposable
    {
        public void Dispose() => remove();
    }
}

/// <summary>
/// The queue of a receiver, with the user that receives.
/// </summary>
internal sealed record BoundQueue(BusUser User, ReceiverQueue Queue);
