using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Audrey.Bus.Connections;
using Audrey.Bus.Qmf;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Credentials;
using Audrey.Gateway.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Bus;

/// <summary>
/// Receives the messages of agents from another broker, and passes them to their instances. The servers of a cluster share one queue at the
/// broker, so each message is passed on once. A message stays in the queue until its instance has recorded it.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The host stops the service, which ends everything.")]
internal sealed partial class BrokerService(
    IOptions<BusSettings> settings, GuestCredentials guests, BusBridge bridge, TimeProvider time, ILogger<BrokerService> log)
    : IHostedService
{
    /// <summary>The queue that the servers share. An operator declares it at the broker.</summary>
    private const string SharedQueue = "/amq/queue/audrey";

    private BusConnection? _connection;
    private AgentSurvey? _survey;

    /// <exception cref="InvalidOperationException">A file of the settings cannot be used.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var options = settings.Value;
        if (options.Broker.Length == 0) return Task.CompletedTask;
        if (!options.BrokerChecksUsers)
        {
            LogUsersUnchecked($"{BusSettings.Section}:{nameof(BusSettings.BrokerChecksUsers)}");
            return Task.CompletedTask;
        }

        var connection = _connection = new BusConnection(OptionsOf(options), time);
        var survey = _survey = new AgentSurvey(message => new ValueTask(connection.SendAsync(message)));
        var isRabbit = options.BrokerProfile == BusProfile.RabbitMq.Name;
        connection.Receive(isRabbit ? new BusAddress(SharedQueue, "") : new(BusAddress.Topic, "agent.ind.#"), options.MaxActive, Receive);
        connection.Receive(survey.ReplyTo, options.MaxActive, Receive);
        connection.StateChanged += state => LogState(options.Broker, state, connection);
        connection.Start();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_connection is not null) await _connection.DisposeAsync();
    }

    private static BusOptions OptionsOf(BusSettings settings) => new()
    {
        Url = new Uri(settings.Broker),
        Profile = BusProfile.Find(settings.BrokerProfile),
        User = settings.BrokerUser.Length > 0 ? settings.BrokerUser : null,
        Secret = settings.BrokerUser.Length > 0
            ? Read(nameof(BusSettings.BrokerPasswordFile), () => File.ReadAllText(settings.BrokerPasswordFile).Trim())
            : null,
        Authorities = settings.BrokerAuthorities.Length > 0
            ? Read(nameof(BusSettings.BrokerAuthorities), () =>
            {
                var authorities = new X509Certificate2Collection();
                authorities.ImportFromPemFile(settings.BrokerAuthorities);
                return authorities;
            })
            : null,
        AllowsUnencryptedSecret = settings.WithoutTls,
        MaxMessageBytes = settings.MaxMessageBytes,
    };

    private static T Read<T>(string setting, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new InvalidOperationException($"{BusSettings.Section}:{setting} cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>
    /// Begins to pass a message. The broker sends at most <see cref="BusSettings.MaxActive"/> messages that are not settled.
    /// </summary>
    private ValueTask Receive(BusDelivery delivery)
    {
        _ = PassAndSettle(delivery);
        return ValueTask.CompletedTask;
    }

    private async Task PassAndSettle(BusDelivery delivery)
    {
        try
        {
            await Pass(delivery);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            LogNotPassed(failure.GetType().Name);
            delivery.Release();
        }
    }

    private async Task Pass(BusDelivery delivery)
    {
        var message = delivery.Message;
        if (message.UserId is not { } user)
        {
            delivery.Reject("amqp:unauthorized-access", "The message has no user-id, so it is not known which instance has sent it.");
            return;
        }

        if ((guests.TryGetCached(user) ?? await guests.GetFresh(user)) is not { } instance)
        {
            delivery.Reject("amqp:unauthorized-access", $"The user {user} is no registered instance.");
            return;
        }

        try
        {
            var result = await bridge.Pass(message, instance, isProven: false);
            if (result.IsStranger) guests.Forget(user);
            if (!result.IsAccepted)
            {
                delivery.Reject("amqp:not-allowed", result.Reason!);
                return;
            }

            await _survey!.Observe(message, instance);
            delivery.Accept();
        }
        catch (QmfFormatException malformed)
        {
            delivery.Reject("amqp:decode-error", malformed.Message);
        }
        catch (ClusterUnavailableException)
        {
            delivery.Release();
        }
    }

    private void LogState(string broker, BusState state, BusConnection connection)
    {
        if (state == BusState.Connected) LogConnected(broker);
        else if (state == BusState.Waiting) LogLost(broker, connection.LastError ?? "the connection ended");
    }

    [LoggerMessage(LogLevel.Information, "The server is connected to the broker {Broker}.")]
    private partial void LogConnected(string broker);

    [LoggerMessage(LogLevel.Warning, "The server is not connected to the broker {Broker}, and tries again: {Reason}")]
    private partial void LogLost(string broker, string reason);

    [LoggerMessage(
        LogLevel.Warning,
        "No message of the other broker is accepted, because {Setting} is not true. Set it once the broker checks user-ids.")]
    private partial void LogUsersUnchecked(string setting);

    [LoggerMessage(LogLevel.Warning, "A message from the other broker could not be passed to its instance ({Failure}).")]
    private partial void LogNotPassed(string failure);
}
