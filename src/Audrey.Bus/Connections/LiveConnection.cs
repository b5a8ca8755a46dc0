using System.Collections.Concurrent;
using Amqp;
using Amqp.Framing;
using Amqp.Sasl;
using Audrey.Bus.Qmf;

namespace Audrey.Bus.Connections;

/// <summary>
/// One open connection with its links, until it is lost.
/// </summary>
internal sealed class LiveConnection : IDisposable
{
    private const int MaxUnanswered = 64;
    private const int MaxLosses = 3;
    private readonly BusOptions _options;
    private readonly ClientTransport _transport;
    private readonly Connection _connection;
    private readonly Session _session;
    private readonly SendQueue _queue;
    private readonly Dictionary<string, SenderLink> _senders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<QueuedMessage, long> _unanswered = new();
    private readonly SemaphoreSlim _room = new(MaxUnanswered);
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _sent;
    private int _links;

    private LiveConnection(BusOptions options, ClientTransport transport, Connection connection, SendQueue queue)
    {
        (_options, _transport, _connection, _queue) = (options, transport, connection, queue);
        _session = new Session(connection);
        _session.AddClosedCallback((_, error) => Lose(error, "the session"));
        connection.AddClosedCallback((_, error) => Lose(error, "the connection"));
    }

    /// <summary>Ends with the reason when the connection is lost.</summary>
    public Task<string> Lost => _lost.Task;

    /// <summary>Opens a connection.</summary>
    /// <exception cref="Exception">The broker cannot be reached, or refuses. The message is for people.</exception>
    public static async Task<LiveConnection> OpenAsync(
        BusOptions options, SendQueue queue, TimeProvider time, CancellationToken cancellationToken)
    {
        var transport = new ClientTransport(options, time, cancellationToken);
        try
        {
            var factory = new ConnectionFactory([transport]);
            factory.AMQP.MaxFrameSize = ClientTransport.MaxFrameBytes;
            factory.AMQP.ContainerId = "audrey-" + Guid.NewGuid();
            factory.AMQP.IdleTimeout = (int)options.IdleTimeout.TotalMilliseconds;
            factory.AMQP.HostName = options.Url.DnsSafeHost;
            var isPlain = options.ChosenMechanism is BusMechanism.Plain;
            if (!isPlain)
            {
                factory.SASL.Profile = options.ChosenMechanism is BusMechanism.External ? SaslProfile.External : SaslProfile.Anonymous;
            }

            var address = new Address(
                options.Url.DnsSafeHost, options.Port, isPlain ? options.User : null, isPlain ? options.Secret : null, "/", "amqp");
            // AMQPNetLite does not always notice the cancellation.
            var connection = await factory.CreateAsync(address, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            return new LiveConnection(options, transport, connection, queue);
        }
        catch
        {
            transport.Dispose();
            throw;
        }
    }

    /// <summary>Attaches receivers, and waits until the broker has accepted them.</summary>
    /// <exception cref="BusRefusedException">The broker refuses one.</exception>
    public async Task AttachAsync(IEnumerable<BusReceiver> receivers, CancellationToken cancellationToken)
    {
        foreach (var receiver in receivers)
        {
            var (link, attached) = receiver.Attach(_session, _options.Profile, NextName("receiver"), _closed.Token);
            link.AddClosedCallback((_, error) => Lose(error, $"the receiver of {receiver.Address}"));
            await attached.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends queued messages until the connection is lost.</summary>
    public async Task SendAsync()
    {
        while (!_closed.IsCancellationRequested)
        {
            await _room.WaitAsync(_closed.Token).ConfigureAwait(false);
            var message = await _queue.TakeAsync(_closed.Token).ConfigureAwait(false);
            _unanswered[message] = Interlocked.Increment(ref _sent);
            try
            {
                var encoded = QmfCodec.Write(message.Message);
                Sender(message.Message.Address.Exchange).Send(encoded, null, OnOutcome, message);
            }
            catch (ArgumentException exception)
            {
                End(message, BusOutcome.Rejected(ErrorCode.InvalidField, exception.Message));
            }
            catch (Exception exception) when (exception is AmqpException or ObjectDisposedException)
            {
                Lose((exception as AmqpException)?.Error, "a message");
            }
        }
    }

    /// <summary>Notices a closed connection of which AMQPNetLite has told nothing.</summary>
    public void Check()
    {
        if (_connection.IsClosed || _session.IsClosed) Lose(_connection.Error, "the connection");
    }

    /// <summary>Closes the connection, and gives the messages that are not answered back to the queue.</summary>
    public void Dispose()
    {
        _closed.Cancel();
        try
        {
            _connection.Close(TimeSpan.Zero);
        }
        catch (AmqpException)
        {
            // The connection is in a state in which it cannot be closed properly.
        }

        var back = new List<QueuedMessage>();
        foreach (var (message, _) in _unanswered.OrderBy(pair => pair.Value))
        {
            if (!_unanswered.TryRemove(message, out _)) continue;
            if (++message.Losses < MaxLosses) back.Add(message);
            else message.End(new BusOutcome(BusOutcomeKind.Released, ErrorCode.ConnectionForced, "The connection was lost each time that this message was sent."));
        }

        _queue.Return(back);
    }

    /// <summary>Cuts the connection off, whatever the broker does.</summary>
    public void Abort() => _transport.Dispose();

    private SenderLink Sender(string exchange)
    {
        if (_senders.TryGetValue(exchange, out var sender)) return sender;
        sender = new SenderLink(_session, NextName("sender"), _options.Profile.TargetOf(exchange));
        sender.AddClosedCallback((_, error) => Lose(error, $"the sender to {exchange}"));
        return _senders[exchange] = sender;
    }

    private void OnOutcome(ILink link, Message encoded, Outcome outcome, object state)
    {
        // AMQPNetLite also rejects all messages of a link that is lost. These are sent again over the next connection.
        if (link.IsClosed || ((Link)link).LinkState is LinkState.End or LinkState.DetachReceived || _closed.IsCancellationRequested) return;
        End((QueuedMessage)state, outcome switch
        {
            Rejected rejected => BusOutcome.Rejected(rejected.Error?.Condition ?? "", rejected.Error?.Description ?? ""),
            Released or Modified => BusOutcome.Released,
            _ => BusOutcome.Accepted,
        });
    }

    private void End(QueuedMessage message, BusOutcome outcome)
    {
        if (!_unanswered.TryRemove(message, out _)) return;
        message.End(outcome);
        _room.Release();
    }

    private void Lose(Error? error, string what)
    {
        _lost.TrySetResult(new BusRefusedException(what, error).Message);
        _closed.Cancel();
    }

    private string NextName(string kind) => $"{kind}-{Interlocked.Increment(ref _links)}-{Guid.NewGuid():n}";
}
