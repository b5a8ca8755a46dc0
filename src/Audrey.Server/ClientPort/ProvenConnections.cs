using System.Net;
using Audrey.Abstractions.Connections;
using Audrey.Core.Auditing;
using Microsoft.AspNetCore.Connections;

namespace Audrey.Server.ClientPort;

/// <summary>
/// The open connections of proven callers. Their proofs are verified again and again: a connection whose credential was revoked, or whose
/// secret is no longer valid after a rotation, is closed within five seconds. Also makes sure that no caller takes over another's client
/// id, and with it the answers to the other. So the address of a client is that of its caller.
/// </summary>
internal sealed partial class ProvenConnections(
    CallerVerifier verifier, RefusedConnections refused, TimeProvider time, ILogger<ProvenConnections> log)
    : BackgroundService, IConnectedClients
{
    /// <summary>
    /// The time between two verifications. Together with the duration of one verification, it is well below five seconds.
    /// </summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>The maximum number of addresses that are returned for one client.</summary>
    private const int MaxAddresses = 4;

    private readonly Lock _lock = new();
    private readonly Dictionary<ConnectionContext, Opened> _open = [];
    private readonly Dictionary<string, List<Opened>> _clients = new(StringComparer.Ordinal);

    /// <summary>Returns the number of open connections with this key.</summary>
    public int CountOf(string key)
    {
        lock (_lock) return _open.Values.Count(opened => opened.Caller.Key == key);
    }

    /// <summary>Adds a connection.</summary>
    public void Add(ConnectionContext connection, ProvenCaller caller)
    {
        lock (_lock) _open[connection] = new(caller, (connection.RemoteEndPoint as IPEndPoint)?.Address);
        LogOpened(connection.RemoteEndPoint, caller.Kind, caller.Key);
    }

    /// <summary>
    /// Reserves a client's id for the caller of a connection. Returns false if an open connection of another caller has it.
    /// </summary>
    public bool TryBind(ConnectionContext connection, string client)
    {
        lock (_lock)
        {
            if (!_open.TryGetValue(connection, out var opened) || opened.Client is not null) return false;
            if (!_clients.TryGetValue(client, out var bound)) _clients[client] = bound = [];
            else if ((bound[0].Caller.Kind, bound[0].Caller.Key) != (opened.Caller.Kind, opened.Caller.Key)) return false;
            bound.Add(opened);
            opened.Client = client;
            return true;
        }
    }

    public IReadOnlyList<IPAddress> AddressesOf(GrainId client)
    {
        lock (_lock)
        {
            return client.IsClient() && _clients.TryGetValue(client.Key.ToString()!, out var bound)
                ? [.. bound.Select(opened => opened.Address).OfType<IPAddress>().Distinct().Take(MaxAddresses)]
                : [];
        }
    }

    /// <summary>Removes a connection that was closed.</summary>
    public void Remove(ConnectionContext connection)
    {
        lock (_lock)
        {
            if (!_open.Remove(connection, out var opened) || opened.Client is not { } client) return;
            var bound = _clients[client];
            bound.Remove(opened);
            if (bound.Count == 0) _clients.Remove(client);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                KeyValuePair<ConnectionContext, Opened>[] open;
                lock (_lock) open = [.. _open];
                await Task.WhenAll(open.Select(pair => VerifyAsync(pair.Key, pair.Value.Caller))).WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server is stopping, and closes the connections itself.
        }
    }

    private async Task VerifyAsync(ConnectionContext connection, ProvenCaller caller)
    {
        if (await verifier.VerifyAgainAsync(caller)) return;
        const string reason = "the credential of an open connection is not valid any more";
        refused.Record(connection.RemoteEndPoint, $"{caller.Kind} '{caller.Key}'", reason, AuditActions.NotAuthorized);
        connection.Abort(new ConnectionAbortedException("The credential of the connection is not valid any more."));
    }

    [LoggerMessage(LogLevel.Information, "{Remote} connected as {Kind} '{Key}'.")]
    private partial void LogOpened(EndPoint? remote, CallerKind kind, string key);

    private sealed class Opened(ProvenCaller caller, IPAddress? address)
    {
        public ProvenCaller Caller => caller;

        public IPAddress? Address { get; } = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

        /// <summary>Gets or sets the id of the client; null until its preamble has come.</summary>
        public string? Client { get; set; }
    }
}
