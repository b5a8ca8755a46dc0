using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Audrey.Abstractions.Connections;
using Audrey.Abstractions.Credentials;
using Audrey.Core.Auditing;
using Audrey.Core.Ids;
using Microsoft.AspNetCore.Connections;

namespace Audrey.Server.ClientPort;

/// <summary>
/// The silo's side of the <see cref="CallerHandshake"/>. Until the handshake has ended, a caller can use up only a fixed amount of memory
/// and a few seconds, and no part of Orleans has seen a byte of the connection.
/// </summary>
internal sealed class ConnectionAuthenticator(
    CallerVerifier verifier, WrongSecrets wrongSecrets, RefusedConnections refused, TimeProvider time)
{
    /// <summary>The time that a caller has for its proof.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>The maximum number of connections from one source whose callers have not proved who they are yet.</summary>
    private const int MaxUnprovenPerSource = 64;

    /// <summary>The maximum number of all connections whose callers have not proved who they are yet.</summary>
    private const int MaxUnproven = 1024;

    /// <summary>The time in which a refused caller can read the refusal.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    private const string Help =
        "Give the key of a conductor and its secret (AudreyClientOptions.Conductor and Secret): those of Audrey:Conductors in the servers' "
        + "settings, of conductor.json in the server's data directory, or of a conductor that was added.";

    private readonly ConcurrentDictionary<IPAddress, int> _unproven = new();
    private int _allUnproven;

    /// <summary>Returns the caller, or null if the connection was refused and must be closed.</summary>
    public async Task<ProvenCaller?> AuthenticateAsync(ConnectionContext connection)
    {
        var source = SourceAddress.Of(connection.RemoteEndPoint);
        var ofSource = _unproven.AddOrUpdate(source, 1, (_, count) => count + 1);
        var all = Interlocked.Increment(ref _allUnproven);
        try
        {
            if (ofSource > MaxUnprovenPerSource || all > MaxUnproven)
            {
                refused.Record(connection.RemoteEndPoint, "unknown", "too many connections without a proof", AuditActions.NotAuthorized);
                return null;
            }

            return await HandshakeAsync(connection, source);
        }
        finally
        {
            Interlocked.Decrement(ref _allUnproven);
            if (_unproven.AddOrUpdate(source, 0, (_, count) => count - 1) <= 0) _unproven.TryRemove(KeyValuePair.Create(source, 0));
        }
    }

    private async Task<ProvenCaller?> HandshakeAsync(ConnectionContext connection, IPAddress source)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        // A closed connection also ends the reading, but only after the bytes that came before. ConnectionClosed would not wait for them.
        var (transport, token, name) = (connection.Transport, deadline.Token, "unknown");
        try
        {
            if (await ReadHelloAsync(transport.Input, token) is not var (kind, key, callerNonce))
            {
                var text = $"A connection must prove who it is. {Help}";
                return await RefuseAsync(connection, name, "no proof", ProofRefusal.Malformed, text);
            }

            name = $"{kind} '{key}'";
            if (wrongSecrets.Begin(source, key) is { } wait)
            {
                var seconds = Math.Ceiling(wait.TotalSeconds);
                var text = $"There were too many wrong secrets for '{key}' from this address. Try again in {seconds} s.";
                return await RefuseAsync(connection, name, "too many wrong secrets", ProofRefusal.TooMany, text);
            }

            var transcript = new ProofTranscript(kind, key, callerNonce, RandomNumberGenerator.GetBytes(ProofMessages.NonceLength));
            await transport.Output.WriteAsync((byte[])[.. ProofMessages.Magic, .. transcript.SiloNonce], token);
            var proof = new ConnectionProof(transcript, await ProofMessages.Read(transport.Input, ProofMessages.ProofLength, token));
            if (await VerifyAsync(new(kind, key, proof)) is not { } caller)
            {
                wrongSecrets.Fail(source, key);
                return await RefuseAsync(connection, name, "unproven", ProofRefusal.Unproven, Unproven(kind, key));
            }

            wrongSecrets.End(source, key);
            await transport.Output.WriteAsync((byte[])[0, .. proof.ProofOfSilo!], token);
            return caller;
        }
        catch (CredentialsUnavailableException)
        {
            const string text = "The silo cannot read the credentials of conductors now. Try again.";
            return await RefuseAsync(connection, name, "credentials cannot be read", ProofRefusal.Unavailable, text, outcome: null);
        }
        catch (Exception incomplete) when (incomplete is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            // A monitor that only opens a connection and closes it is no refused caller.
            var outcome = deadline.IsCancellationRequested ? AuditActions.NotAuthorized : null;
            refused.Record(connection.RemoteEndPoint, name, "the proof was not completed in time", outcome);
            return null;
        }
    }

    private async ValueTask<ProvenCaller?> VerifyAsync(ProvenCaller caller)
    {
        try
        {
            return await verifier.VerifyAsync(caller);
        }
        catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
        {
            throw new CredentialsUnavailableException(unreadable);
        }
    }

    private static string Unproven(CallerKind kind, string key) => kind == CallerKind.Server
        ? $"This server did not prove that it belongs to cluster '{key}'. Give all servers of the cluster the same "
            + "Audrey:Cluster:SecretFile."
        : $"Conductor '{key}' did not prove who it is: there is no such key, or the secret is wrong. {Help}";

    private static async ValueTask<(CallerKind Kind, string Key, byte[] Nonce)?> ReadHelloAsync(PipeReader input, CancellationToken token)
    {
        var magic = await ProofMessages.Read(input, ProofMessages.Magic.Length, token);
        if (!ProofMessages.Magic.SequenceEqual(magic)) return null;
        var rest = await ProofMessages.Read(input, ProofMessages.HelloLength - magic.Length, token);
        var (kind, length) = ((CallerKind)rest[0], BinaryPrimitives.ReadUInt16LittleEndian(rest.AsSpan(1 + ProofMessages.NonceLength)));
        if (!Enum.IsDefined(kind) || length is 0 or > ProofMessages.MaxKeyBytes) return null;
        var key = Encoding.UTF8.GetString(await ProofMessages.Read(input, length, token));

        // The rules for keys also keep control characters out of the log.
        return ConductorKey.TryParse(key, out _, out _) ? (kind, key, rest[1..(1 + ProofMessages.NonceLength)]) : null;
    }

    private async Task<ProvenCaller?> RefuseAsync(
        ConnectionContext connection, string name, string reason, ProofRefusal code, string text,
        string? outcome = AuditActions.NotAuthorized)
    {
        refused.Record(connection.RemoteEndPoint, name, reason, outcome);
        try
        {
            using var linger = new CancellationTokenSource(Linger, time);
            await connection.Transport.Output.WriteAsync(ProofMessages.Refusal(code, text), linger.Token);
            await connection.Transport.Output.CompleteAsync();

            // If the silo closed the connection at once, the refusal could be lost on its way. So the silo waits for a while until the
            // caller, which then has the refusal, has closed the connection.
            while (true)
            {
                var read = await connection.Transport.Input.ReadAsync(linger.Token);
                connection.Transport.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || read.IsCanceled) break;
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            // The caller is gone, or it does not close the connection itself.
        }

        return null;
    }

    private sealed class CredentialsUnavailableException(Exception cause) : Exception("The credentials cannot be read.", cause);
}
