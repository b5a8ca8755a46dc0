using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Audrey.Bus.Broker;
using Audrey.Bus.Qmf;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Bus;

/// <summary>The TLS of the embedded bus, which the host adds if there is a certificate.</summary>
/// <param name="Create">Returns the options for a new connection, with the certificate of this moment.</param>
public sealed record BusTls(Func<SslServerAuthenticationOptions> Create);

/// <summary>Runs the embedded bus, and passes the messages of agents to their instances.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The host stops the service, which ends everything.")]
internal sealed partial class EmbeddedBusService(
    IOptions<BusSettings> settings, BusCallers callers, BusOwners owners, BusBridge bridge, BusUrl url, TimeProvider time,
    ILogger<EmbeddedBusService> log, BusTls? tls = null)
    : IHostedService, IBusAuthenticator, IBusListener
{
    private EmbeddedBus? _bus;
    private AgentSurvey? _survey;
    private IDisposable[] _listening = [];

    /// <exception cref="InvalidOperationException">The address cannot be used.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Value is not { EndPoint: { } endPoint } options) return Task.CompletedTask;
        try
        {
            _bus = new EmbeddedBus(
                new EmbeddedBusOptions
                {
                    Endpoint = endPoint,
                    Tls = tls?.Create,
                    MaxConnections = options.MaxConnections,
                    MaxMessageBytes = options.MaxMessageBytes,
                    MaxQueuedMessages = options.MaxQueued,
                },
                this,
                new BusAccess(owners),
                time);
        }
        catch (SocketException failure)
        {
            throw new InvalidOperationException(
                $"{BusSettings.Section}:{nameof(BusSettings.Listen)} is {endPoint}, where the bus cannot listen: {failure.Message}.",
                failure);
        }

        var survey = _survey = new AgentSurvey(async message => await _bus.SendAsync(BusAccess.Server, message, CancellationToken.None));
        _listening = [_bus.Listen(new(BusAddress.Topic, "agent.ind.#"), this), _bus.Listen(survey.ReplyTo, this)];
        url.SetListening(_bus.Endpoint);
        LogListening(_bus.Endpoint, tls is null ? "without TLS" : "with TLS");
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        url.SetListening(null);
        foreach (var listening in _listening) listening.Dispose();
        if (_bus is not null) await _bus.DisposeAsync();
    }

    async ValueTask<BusUser?> IBusAuthenticator.SignInAsync(BusSignIn signIn, CancellationToken cancellationToken)
    {
        if (!signIn.IsTls && !settings.Value.WithoutTls && !IPAddress.IsLoopback(signIn.RemoteAddress.Address)) return null;
        if (await callers.Verify(signIn.User, signIn.Secret, signIn.RemoteAddress.Address) is not { } caller) return null;
        if (caller.Guest is { } guest) await owners.Refresh(guest.Deployable);
        return new BusUser(signIn.User, caller);
    }

    async ValueTask<BusOutcome> IBusListener.ReceiveAsync(BusUser sender, QmfMessage message, CancellationToken cancellationToken)
    {
        if (sender.Identity is not BusCaller { Guest: { } guest }) return BusOutcome.Accepted;
        try
        {
            await owners.Refresh(guest.Deployable);
            var result = await bridge.Pass(message, guest, isProven: true);
            if (result.IsStranger) _bus?.Disconnect(sender.Name, result.Reason!);
            if (!result.IsAccepted) return BusOutcome.Rejected("amqp:not-allowed", result.Reason!);
            await _survey!.Observe(message, guest);
            return BusOutcome.Accepted;
        }
        catch (QmfFormatException malformed)
        {
            return BusOutcome.Rejected("amqp:decode-error", malformed.Message);
        }
        catch (ClusterUnavailableException)
        {
            return BusOutcome.Released;
        }
    }

    [LoggerMessage(LogLevel.Information, "The embedded bus listens on {EndPoint}, {Tls}.")]
    private partial void LogListening(IPEndPoint endPoint, string tls);
}
