using System.Collections.Concurrent;
using Audrey.Bus.Qmf;

namespace Audrey.Bus.Connections;

/// <summary>The states of a connection to a broker.</summary>
public enum BusState
{
    /// <summary>The connection is not started.</summary>
    Idle,

    /// <summary>An attempt to connect is in progress.</summary>
    Connecting,

    /// <summary>The connection is open, and all receivers are attached.</summary>
    Connected,

    /// <summary>The last attempt failed or the connection was lost. The next attempt is after a delay.</summary>
    Waiting,

    /// <summary>The connection is closed for good.</summary>
    Closed,
}

/// <summary>
/// A connection to a broker that is opened again whenever it is lost. Messages wait in a bounded queue meanwhile. All methods may be called
/// from any thread.
/// </summary>
public sealed class BusConnection : IAsyncDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);
    private readonly BusOptions _options;
    private readonly TimeProvider _time;
    private readonly SendQueue _queue;
    private readonly List<BusReceiver> _receivers = [];
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;
    private long _malformed;

    /// <param name="options">How to connect.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ArgumentException">The options do not fit together.</exception>
    public BusConnection(BusOptions options, TimeProvider time)
    {
        options.Validate();
        (_options, _time) = (options, time);
        _queue = new SendQueue(options.MaxQueuedMessages);
    }

    /// <summary>Is raised after each change of <see cref="State"/>. A handler must not block or throw.</summary>
    public event Action<BusState>? StateChanged;

    /// <summary>The state.</summary>
    public BusState State { get; private set; }

    /// <summary>The reason why the newest attempt failed or the connection was lost, or null.</summary>
    public string? LastError { get; private set; }

    /// <summary>The number of messages that were dropped because the queue was full.</summary>
    public long Dropped => _queue.Dropped;

    /// <summary>The number of received messages that were not messages of QMF v2.</summary>
    public long Malformed => Interlocked.Read(ref _malformed);

    /// <summary>The options.</summary>
    public BusOptions Options => _options;

    /// <summary>Receives from an address. Call it before <see cref="Start"/>.</summary>
    /// <param name="address">The exchange with a key or a pattern.</param>
    /// <param name="credit">The largest number of messages that wait for the handler.</param>
    /// <param name="handle">Is called for one message after the other, and settles each of them. It may settle later.</param>
    public void Receive(BusAddress address, int credit, Func<BusDelivery, ValueTask> handle)
    {
        if (State is not BusState.Idle) throw new InvalidOperationException("Add receivers before the connection is started.");
        _receivers.Add(new BusReceiver(address, credit, handle, _ => Interlocked.Increment(ref _malformed)));
    }

    /// <summary>Begins to connect.</summary>
    public void Start()
    {
        if (State is not BusState.Idle) throw new InvalidOperationException("The connection is started already.");
        Change(BusState.Connecting);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Waits until the connection is open.</summary>
    public Task WaitConnectedAsync(CancellationToken cancellationToken) => Volatile.Read(ref _connected).Task.WaitAsync(cancellationToken);

    /// <summary>
    /// Sends a message, now or when the connection is open again. The task ends with the answer of the broker. It does not fail.
    /// </summary>
    /// <param name="message">The message.</param>
    public Task<BusOutcome> SendAsync(QmfMessage message)
    {
        var queued = new QueuedMessage(message);
        _queue.Add(queued);
        return queued.Outcome;
    }

    /// <summary>Closes the connection for good. Messages that are not sent are dropped.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _queue.Dispose();
        Change(BusState.Closed);
        _connected.TrySetCanceled();
    }

    private async Task RunAsync()
    {
        var delay = _options.FirstReconnectDelay;
        while (!_stop.IsCancellationRequested)
        {
            Change(BusState.Connecting);
            if (await ConnectOnceAsync().ConfigureAwait(false)) delay = _options.FirstReconnectDelay;
            if (_stop.IsCancellationRequested) return;
            Change(BusState.Waiting);
            // Guests that lost the same broker must not come back all at once.
            var jittered = delay * (0.5 + Random.Shared.NextDouble());
            delay = delay * 2 < _options.MaxReconnectDelay ? delay * 2 : _options.MaxReconnectDelay;
            await Task.Delay(jittered, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Returns whether the connection was open. It is lost at the end.
    private async Task<bool> ConnectOnceAsync()
    {
        LiveConnection? live = null;
        try
        {
            using (var timeout = new CancellationTokenSource(_options.ConnectTimeout, _time))
            using (var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token))
            {
                try
                {
                    live = await LiveConnection.OpenAsync(_options, _queue, _time, either.Token).ConfigureAwait(false);
                    await live.AttachAsync(_receivers, either.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (timeout.IsCancellationRequested)
                {
                    throw new TimeoutException($"The broker did not answer within {_options.ConnectTimeout.TotalSeconds:0} s.");
                }
            }

            LastError = null;
            var sending = live.SendAsync();
            Change(BusState.Connected);
            _connected.TrySetResult();
            await WaitLostAsync(live).ConfigureAwait(false);
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        }
        catch (Exception exception)
        {
            if (!_stop.IsCancellationRequested) LastError = exception.Message;
            return false;
        }
        finally
        {
            if (_connected.Task.IsCompleted) Volatile.Write(ref _connected, new(TaskCreationOptions.RunContinuationsAsynchronously));
            if (live is not null) await CloseAsync(live).ConfigureAwait(false);
        }
    }

    private async Task WaitLostAsync(LiveConnection live)
    {
        while (!_stop.IsCancellationRequested && !live.Lost.IsCompleted)
        {
            await Task.WhenAny(live.Lost, Task.Delay(CheckInterval, _time, _stop.Token)).ConfigureAwait(false);
            live.Check();
        }

        if (live.Lost.IsCompleted) LastError = await live.Lost.ConfigureAwait(false);
        else live.Dispose();
    }

    private static Task CloseAsync(LiveConnection live)
    {
        live.Dispose();
        live.Abort();
        return Task.CompletedTask;
    }

    private void Change(BusState state)
    {
        if (State == state) return;
        State = state;
        StateChanged?.Invoke(state);
    }
}
