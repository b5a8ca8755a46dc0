using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Orleans.Configuration;

namespace Audrey.Abstractions.Connections;

/// <summary>The key of a caller and its secret. This class is not a record, because its string form must not show the secret.</summary>
/// <param name="kind">The kind of caller.</param>
/// <param name="key">The conductor's key, or the name of the cluster.</param>
/// <param name="secret">The secret.</param>
public sealed class CallerCredential(CallerKind kind, string key, string secret)
{
    /// <summary>Gets the kind of caller.</summary>
    public CallerKind Kind => kind;

    /// <summary>Gets the key.</summary>
    public string Key => key;

    /// <summary>Gets the secret in UTF-8.</summary>
    public ReadOnlyMemory<byte> Secret { get; } = Encoding.UTF8.GetBytes(secret);
}

/// <summary>
/// The caller's side of the authentication, which takes place before Orleans uses a connection. The secret itself is never sent, and the
/// silo proves that it knows the secret as well.
/// </summary>
public static class CallerHandshake
{
    /// <summary>
    /// Adds the authentication to every connection of a cluster client. The credential is read again for each connection.
    /// </summary>
    /// <param name="options">The client's connections.</param>
    /// <param name="credential">Returns the credential.</param>
    /// <param name="report">
    /// Called after each attempt: with the refusal, or with null if the connection was accepted. Null if nobody needs the result.
    /// </param>
    public static void ProveConnections(
        this ClientConnectionOptions options, Func<CallerCredential> credential, Action<ProofRefusedException?>? report = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ConfigureConnection(connection => connection.Use(next => async context =>
        {
            try
            {
                // Reading ends when the connection ends. It is not cancelled earlier, because a silo that refuses a connection closes it
                // right after it has sent the reason, and the reason must still be read.
                await Prove(context.Transport, credential(), CancellationToken.None);
            }
            catch (ProofRefusedException refused)
            {
                report?.Invoke(refused);
                throw;
            }

            report?.Invoke(null);
            await next(context);
        }));
    }

    /// <summary>Authenticates on a connection.</summary>
    /// <exception cref="ProofRefusedException">The silo refused, or it does not know the secret.</exception>
    /// <exception cref="EndOfStreamException">The silo closed the connection.</exception>
    public static async Task Prove(IDuplexPipe transport, CallerCredential credential, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(credential);
        var nonce = RandomNumberGenerator.GetBytes(ProofMessages.NonceLength);
        await transport.Output.WriteAsync(ProofMessages.Hello(credential.Kind, nonce, credential.Key), cancellationToken);
        var first = await ReadFirst(transport.Input, cancellationToken);
        if (first != ProofMessages.Magic[0]) throw await ReadRefusal(transport.Input, first, cancellationToken);
        var rest = await ProofMessages.Read(transport.Input, ProofMessages.Magic.Length - 1 + ProofMessages.NonceLength, cancellationToken);
        if (!rest.AsSpan().StartsWith(ProofMessages.Magic[1..])) throw NoSilo();

        var transcript = new ProofTranscript(credential.Kind, credential.Key, nonce, rest[(ProofMessages.Magic.Length - 1)..]);
        await transport.Output.WriteAsync(transcript.ProofOfCaller(credential.Secret.Span), cancellationToken);
        var answer = (await ProofMessages.Read(transport.Input, 1, cancellationToken))[0];
        if (answer != 0) throw await ReadRefusal(transport.Input, answer, cancellationToken);
        var proof = await ProofMessages.Read(transport.Input, ProofMessages.ProofLength, cancellationToken);
        if (!CryptographicOperations.FixedTimeEquals(proof, transcript.ProofOfSilo(credential.Secret.Span))) throw NoSilo();
    }

    private static async ValueTask<byte> ReadFirst(PipeReader input, CancellationToken cancellationToken)
    {
        try
        {
            return (await ProofMessages.Read(input, 1, cancellationToken))[0];
        }
        catch (EndOfStreamException closed)
        {
            throw new EndOfStreamException(
                "The server closed the connection before it answered. Is this its port for clients (Audrey:Silo:GatewayPort), and is the "
                + "server newer than 0.1.0?",
                closed);
        }
    }

    private static async ValueTask<ProofRefusedException> ReadRefusal(PipeReader input, byte reason, CancellationToken cancellationToken)
    {
        if (!Enum.IsDefined((ProofRefusal)reason)) return NoSilo();
        var length = BinaryPrimitives.ReadUInt16LittleEndian(await ProofMessages.Read(input, 2, cancellationToken));
        if (length > ProofMessages.MaxTextBytes) return NoSilo();
        var text = Encoding.UTF8.GetString(await ProofMessages.Read(input, length, cancellationToken));
        return new((ProofRefusal)reason, text);
    }

    private static ProofRefusedException NoSilo() => new(
        ProofRefusal.Malformed,
        "What listens there did not prove that it is a server of this cluster. Nothing was sent to it. Check the address.");
}
