using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Amqp;
using Audrey.Bus.Transport;

namespace Audrey.Bus.Broker;

/// <summary>
/// Accepts connections, signs them in, and passes them to AMQPNetLite.
/// </summary>
internal sealed class BusAcceptor : TransportProvider
{
    /// <summary>The largest frame that is received, in bytes.</summary>
    public const int MaxFrameBytes = 64 * 1024;

    private readonly Channel<IAsyncTransport> _signedIn = Channel.CreateUnbounded<IAsyncTransport>();
    private readonly CancellationTokenSource _stop = new();
    private readonly EmbeddedBusOptions _options;
    private readonly IBusAuthenticator _authenticator;
    private readonly PeerTable _peers;
    private readonly TimeProvider _time;
    private readonly Socket _socket;
    private int _handshakes;

    /// <exception cref="SocketException">The endpoint is in use, or is not of this machine.</exception>
    public BusAcceptor(EmbeddedBusOptions options, IBusAuthenticator authenticator, PeerTable peers, TimeProvider time)
    {
        AddressSchemes = ["amqp"];
        (_options, _authenticator, _peers, _time) = (options, authenticator, peers, time);
        _socket = new Socket(options.Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _socket.Bind(options.Endpoint);
        _socket.Listen(512);
    }

    /// <summary>The address and the port that the bus listens at.</summary>
    public IPEndPoint Endpoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>The number of connections that were not signed in.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    private long _refused;

    /// <summary>Accepts connections until the acceptor is disposed.</summary>
    public async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var socket = await _socket.AcceptAsync(_stop.Token);
                if (Interlocked.Increment(ref _handshakes) <= _options.MaxHandshakes && _peers.Count < _options.MaxConnections)
                    _ = Task.Run(() => SignInAsync(socket), CancellationToken.None);
                else
                    Refuse(socket);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // A client has gone already, or there are no more descriptors for a while.
                await Task.Delay(TimeSpan.FromMilliseconds(20), _time, CancellationToken.None);
            }
        }
    }

    /// <summary>Returns the next connection that is signed in. After the end of the acceptor the task does not end.</summary>
    public override async Task<IAsyncTransport> CreateAsync(Address address)
    {
        // AMQPNetLite calls again at once when this fails, without an end.
        if (!await _signedIn.Reader.WaitToReadAsync()) await Task.Delay(Timeout.InfiniteTimeSpan, _time, CancellationToken.None);
        return await _signedIn.Reader.ReadAsync();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _stop.Cancel();
        _socket.Dispose();
        _signedIn.Writer.TryComplete();
        base.Dispose();
    }

    private void Refuse(Socket socket)
    {
        Interlocked.Decrement(ref _handshakes);
        Interlocked.Increment(ref _refused);
        socket.Dispose();
    }

    private async Task SignInAsync(Socket socket)
    {
        Stream? stream = null;
        var isSignedIn = false;
        try
        {
            socket.NoDelay = true;
            var remote = (IPEndPoint)socket.RemoteEndPoint!;
            using var timeout = new CancellationTokenSource(_options.HandshakeTimeout, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
            stream = await Handshake.SecureAsync(socket, _options, either.Token);
            if (await Handshake.SignInAsync(stream, remote, _authenticator, either.Token) is not { } user) return;
            var limits = new TransportLimits(MaxFrameBytes, _options.MaxMessageBytes, _options.WriteTimeout);
            var peer = new BusPeer(stream, limits, _time, user, remote, _peers.Remove);
            isSignedIn = _peers.TryAdd(peer, _options.MaxConnectionsPerUser) && _signedIn.Writer.TryWrite(peer);
        }
        catch (Exception)
        {
            // The client is gone, is too slow, does not speak SASL or TLS, or the authenticator failed. It can try again.
        }
        finally
        {
            Interlocked.Decrement(ref _handshakes);
            if (!isSignedIn)
            {
                Interlocked.Increment(ref _refused);
                if (stream is not null) await stream.DisposeAsync();
                socket.Dispose();
            }
        }
    }
}
