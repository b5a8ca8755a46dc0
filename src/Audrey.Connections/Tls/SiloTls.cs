using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Audrey.Connections.Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Configuration;
using Orleans.Connections.Security;

namespace Audrey.Connections.Tls;

/// <summary>
/// TLS on the ports of silos. Both sides have a certificate. The TLS middleware of Orleans encrypts; this class chooses between TLS and no
/// TLS, checks certificates against files that can be replaced, and informs both sides of the reason when a certificate is refused.
/// </summary>
public sealed class SiloTls : IDisposable
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan MaxFarewell = TimeSpan.FromSeconds(2);

    private readonly TlsMode _mode;
    private readonly CertificateSource? _certificates;
    private readonly string _siloName;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource<TlsRefusedException> _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="mode">Which connections are opened and accepted.</param>
    /// <param name="files">The certificates. They are not read if the mode is <see cref="TlsMode.Off"/>.</param>
    /// <param name="siloName">The DNS name in the certificates of silos.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logging">Creates the logger for refused connections and replaced certificates.</param>
    /// <exception cref="UnusableCertificateException">A file cannot be used.</exception>
    public SiloTls(TlsMode mode, CertificateFiles files, string siloName, TimeProvider time, ILoggerFactory logging)
    {
        (_mode, _siloName, _time, _logger) = (mode, siloName, time, logging.CreateLogger<SiloTls>());
        if (mode != TlsMode.Off) _certificates = new CertificateSource(files, time, _logger);
        if (mode is TlsMode.Accept or TlsMode.Prefer) _logger.LogPlainAccepted(mode);
    }

    /// <summary>Gets a task that completes when a connection is refused for the first time, by this side or by the other one.</summary>
    public Task<TlsRefusedException> Refused => _refused.Task;

    /// <summary>
    /// Adds TLS to the connections of a silo. TLS must be added before any other middleware, because it surrounds the other middleware.
    /// </summary>
    public void Secure(SiloConnectionOptions connections)
    {
        ArgumentNullException.ThrowIfNull(connections);
        connections.ConfigureSiloInboundConnection(builder => Accept(builder, "the port for silos", _siloName));
        connections.ConfigureGatewayInboundConnection(builder => Accept(builder, "the port for clients", null));
        connections.ConfigureSiloOutboundConnection(Open);
    }

    /// <summary>Adds TLS to the connections of a client. TLS must be added before any other middleware.</summary>
    public void Secure(ClientConnectionOptions connections)
    {
        ArgumentNullException.ThrowIfNull(connections);
        connections.ConfigureConnection(Open);
    }

    /// <inheritdoc/>
    public void Dispose() => _certificates?.Dispose();

    /// <param name="builder">The connections.</param>
    /// <param name="port">The name of the port in messages about refused connections.</param>
    /// <param name="name">The DNS name that the certificate of the other side must have. Null if any name is accepted.</param>
    private void Accept(IConnectionBuilder builder, string port, string? name) => builder.Use(next =>
    {
        var secured = _certificates is null ? null : Secured(builder, tls => tls.UseServerTls(ServerOptions(_certificates, name)), next);
        return async context =>
        {
            using var timeout = new CancellationTokenSource(HandshakeTimeout, _time);
            if (await FirstBytes.AreTlsAsync(context.Transport.Input, timeout.Token) is not { } isTls) return;
            if (isTls)
            {
                if (secured is null) throw Refuse(context, port, "it uses TLS, and the mode of TLS of this server is Off");
                await secured(context);
            }
            else
            {
                if (_mode == TlsMode.Require) throw Refuse(context, port, "it does not use TLS, and no certificate was given");
                await next(context);
            }
        };
    });

    private void Open(IConnectionBuilder builder) => builder.Use(next =>
    {
        if (_mode is TlsMode.Off or TlsMode.Accept) return context => OpenPlainAsync(context, next);
        var secured = Secured(builder, tls => tls.UseClientTls(ClientOptions(_certificates!)), next);
        return async context =>
        {
            await secured(context);
            // The middleware of Orleans has logged the failure of the handshake, and returns as if nothing had happened.
            if (context.Features.Get<Handshake>() is not { IsComplete: true })
                throw Refusal($"{context.RemoteEndPoint} does not answer with TLS. Is its mode of TLS Off?", null);
        };
    });

    private async Task OpenPlainAsync(ConnectionContext context, ConnectionDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception failure) when (failure is InvalidOperationException or IOException)
        {
            throw Refusal(
                $"The connection to {context.RemoteEndPoint} failed: {failure.Message.TrimEnd('.')}. This side does not use TLS. If the "
                    + "other side requires TLS, configure the certificates here",
                failure);
        }
    }

    /// <summary>Returns a pipeline with TLS, the exchange of verdicts, and the next middleware.</summary>
    private ConnectionDelegate Secured(IConnectionBuilder builder, Action<ConnectionBuilder> addTls, ConnectionDelegate next)
    {
        var secured = new ConnectionBuilder(builder.ApplicationServices);
        addTls(secured);
        secured.Use(_ => async context =>
        {
            await ExchangeVerdictsAsync(context);
            await next(context);
        });
        return secured.Build();
    }

    private async Task ExchangeVerdictsAsync(ConnectionContext context)
    {
        var handshake = context.Features.Get<Handshake>();
        var own = handshake is { HasPeer: true } ? handshake.Refusal : "no certificate was given";
        using var timeout = new CancellationTokenSource(HandshakeTimeout, _time);
        handshake?.Complete();
        await Verdicts.SendAsync(context.Transport.Output, own, timeout.Token);
        if (own is not null)
        {
            var message = $"The connection with {context.RemoteEndPoint} is refused: {own}.";
            _logger.LogRefusal(message);
            timeout.CancelAfter(MaxFarewell);
            // Without this wait, the program could close the connection before the other side has read the verdict.
            await Verdicts.WaitForEndAsync(context.Transport.Input, timeout.Token);
            throw Announce(message, null);
        }

        if (await Verdicts.ReceiveAsync(context.Transport.Input, timeout.Token) is { } theirs)
            throw Refusal(
                $"{context.RemoteEndPoint} refuses the connection, because it does not accept the certificate of this side: "
                    + $"{PeerCheck.Printable(theirs)}.",
                null);
    }

    private TlsOptions ServerOptions(CertificateSource certificates, string? name) => new()
    {
        HandshakeTimeout = HandshakeTimeout,
        // The callback below sets the properties of TLS for each connection. These two properties keep Orleans from setting some of them
        // itself.
        RemoteCertificateMode = RemoteCertificateMode.NoCertificate,
        LocalServerCertificateSelector = (_, _) => certificates.GetCurrent().Own.TargetCertificate,
        OnAuthenticateAsServer = (context, options) =>
        {
            var (current, tls) = (certificates.GetCurrent(), (SslServerAuthenticationOptions)options.SslServerAuthenticationOptions);
            tls.ServerCertificateSelectionCallback = null;
            tls.ServerCertificateContext = current.Own;
            tls.ClientCertificateRequired = true;
            tls.AllowTlsResume = false;
            tls.CertificateChainPolicy = current.CreatePolicy(CertificateUsage.Client, _time.GetUtcNow());
            tls.RemoteCertificateValidationCallback = Check(context, CertificateUsage.Client, name);
        },
    };

    private TlsOptions ClientOptions(CertificateSource certificates) => new()
    {
        HandshakeTimeout = HandshakeTimeout,
        RemoteCertificateMode = RemoteCertificateMode.NoCertificate,
        OnAuthenticateAsClient = (context, options) =>
        {
            var (current, tls) = (certificates.GetCurrent(), (SslClientAuthenticationOptions)options.SslClientAuthenticationOptions);
            tls.TargetHost = _siloName;
            tls.ClientCertificateContext = current.Own;
            tls.AllowTlsResume = false;
            tls.CertificateChainPolicy = current.CreatePolicy(CertificateUsage.Server, _time.GetUtcNow());
            tls.RemoteCertificateValidationCallback = Check(context, CertificateUsage.Server, _siloName);
        },
    };

    /// <summary>
    /// Checks the certificate of the other side. The handshake is completed in any case. A side that is refused gets only the verdict.
    /// </summary>
    [SuppressMessage("Security", "CA5359", Justification = "If the certificate is refused, the connection ends with the verdict.")]
    private RemoteCertificateValidationCallback Check(ConnectionContext context, CertificateUsage usage, string? name)
    {
        var handshake = new Handshake();
        context.Features.Set(handshake);
        return (_, certificate, chain, _) =>
        {
            handshake.Judge(PeerCheck.FindRefusal(certificate as X509Certificate2, chain, usage, name, _time.GetUtcNow()));
            return true;
        };
    }

    private TlsRefusedException Refuse(ConnectionContext context, string port, string reason) =>
        Refusal($"A connection from {context.RemoteEndPoint} to {port} is refused: {reason}.", null);

    private TlsRefusedException Refusal(string message, Exception? cause)
    {
        _logger.LogRefusal(message);
        return Announce(message, cause);
    }

    private TlsRefusedException Announce(string message, Exception? cause)
    {
        var refusal = new TlsRefusedException(message, cause);
        _refused.TrySetResult(refusal);
        return refusal;
    }

    /// <summary>The facts about the other side of one connection.</summary>
    private sealed class Handshake
    {
        /// <summary>
        /// Gets a value indicating whether the certificate of the other side was checked. A missing certificate is checked as well.
        /// </summary>
        public bool HasPeer { get; private set; }

        /// <summary>Gets the reason why the other side is refused. Null if it is accepted.</summary>
        public string? Refusal { get; private set; }

        /// <summary>Gets a value indicating whether the handshake of TLS is complete.</summary>
        public bool IsComplete { get; private set; }

        public void Judge(string? refusal) => (HasPeer, Refusal) = (true, refusal);

        public void Complete() => IsComplete = true;
    }
}
