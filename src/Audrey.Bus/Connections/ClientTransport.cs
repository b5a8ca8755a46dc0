using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Amqp;
using Audrey.Bus.Transport;

namespace Audrey.Bus.Connections;

/// <summary>
/// Opens the TCP or TLS connection of one attempt to connect. Its disposal ends the attempt wherever it is.
/// </summary>
internal sealed class ClientTransport : TransportProvider
{
    /// <summary>The largest frame that is received, in bytes.</summary>
    public const int MaxFrameBytes = 64 * 1024;

    private readonly BusOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationToken _cancellationToken;
    private Stream? _stream;
    private bool _isDisposed;

    public ClientTransport(BusOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        AddressSchemes = ["amqp"];
        (_options, _time, _cancellationToken) = (options, time, cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task<IAsyncTransport> CreateAsync(Address address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(_options.Url.DnsSafeHost, _options.Port, _cancellationToken).ConfigureAwait(false);
            _stream = new NetworkStream(socket, true);
        }
        finally
        {
            if (_stream is null) socket.Dispose();
        }

        if (_options.IsTls) _stream = await SecureAsync(_stream).ConfigureAwait(false);
        if (_isDisposed) await _stream.DisposeAsync().ConfigureAwait(false);
        return new StreamTransport(_stream, new TransportLimits(MaxFrameBytes, _options.MaxMessageBytes, _options.IdleTimeout), _time);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _isDisposed = true;
        _stream?.Dispose();
        base.Dispose();
    }

    private async Task<Stream> SecureAsync(Stream network)
    {
        var tls = new SslStream(network);
        _stream = tls;
        var options = new SslClientAuthenticationOptions { TargetHost = _options.Url.DnsSafeHost };
        if (_options.ClientCertificate is { } certificate) options.ClientCertificates = [certificate];
        if (_options.Authorities is { } authorities)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        await tls.AuthenticateAsClientAsync(options, _cancellationToken).ConfigureAwait(false);
        return tls;
    }
}
