using System.IO.Pipelines;
using Audrey.Abstractions.Connections;
using Audrey.Core.Auditing;
using Microsoft.AspNetCore.Connections;
using Orleans.Serialization;

namespace Audrey.Server.ClientPort;

/// <summary>
/// The middleware between a connection's transport (plain or TLS) and Orleans. Orleans sees a connection only after the caller has proved
/// who it is. From then on, it sees only messages that this caller is allowed to send.
/// </summary>
internal sealed class ClientPortMiddleware(
    ConnectionAuthenticator authenticator,
    ProvenConnections connections,
    ReachableGrains reachable,
    Serializer<ConnectingClient> preambles,
    RefusedConnections refused)
{
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (await authenticator.AuthenticateAsync(connection) is not { } caller) return;
        connections.Add(connection, caller);
        try
        {
            var rules = new FrameRules(caller, reachable, preambles, client => connections.TryBind(connection, client));
            connection.Transport = new Transport(
                new CheckedFrames(connection.Transport.Input, new RecordedRule(rules, connection, caller, refused)),
                connection.Transport.Output);
            await next(connection);
        }
        finally
        {
            connections.Remove(connection);
        }
    }

    private sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Records refused messages.</summary>
    private sealed class RecordedRule(FrameRules rules, ConnectionContext connection, ProvenCaller caller, RefusedConnections refused)
        : IFrameRule
    {
        public long Judge(System.Buffers.ReadOnlySequence<byte> buffer)
        {
            try
            {
                return rules.Judge(buffer);
            }
            catch (FrameRefusedException refusal)
            {
                refused.Record(
                    connection.RemoteEndPoint, $"{caller.Kind} '{caller.Key}'", refusal.Reason, AuditActions.Forbidden, caller.Identity);
                throw;
            }
        }
    }
}
