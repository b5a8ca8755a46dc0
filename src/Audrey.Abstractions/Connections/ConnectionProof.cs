using System.Security.Cryptography;
using System.Text;
using Audrey.Abstractions.Credentials;

namespace Audrey.Abstractions.Connections;

/// <summary>The kinds of callers that connect to a silo's port for clients.</summary>
public enum CallerKind
{
    /// <summary>A program that uses the client library as a conductor.</summary>
    Conductor = 1,

    /// <summary>A server of the cluster that is a gateway and not a silo.</summary>
    Server = 2,
}

/// <summary>
/// The messages that both sides of a connection sent before the caller's proof. Each side computes its proof from all of them and the
/// secret, so a captured proof is useless on any other connection.
/// </summary>
/// <param name="Kind">The kind of caller.</param>
/// <param name="Key">The key of the conductor, or the name of the cluster.</param>
/// <param name="CallerNonce">Random bytes of the caller.</param>
/// <param name="SiloNonce">Random bytes of the silo.</param>
public sealed record ProofTranscript(CallerKind Kind, string Key, byte[] CallerNonce, byte[] SiloNonce)
{
    private const string CallerLabel = "audrey caller 1";
    private const string SiloLabel = "audrey silo 1";

    /// <summary>Returns the caller's proof that it knows the secret.</summary>
    public byte[] ProofOfCaller(ReadOnlySpan<byte> secret) => Authenticate(CallerLabel, secret);

    /// <summary>Returns the silo's proof that it knows the secret.</summary>
    public byte[] ProofOfSilo(ReadOnlySpan<byte> secret) => Authenticate(SiloLabel, secret);

    private byte[] Authenticate(string label, ReadOnlySpan<byte> secret)
    {
        byte[] said = [.. Encoding.UTF8.GetBytes(label), 0, (byte)Kind, .. CallerNonce, .. SiloNonce, .. Encoding.UTF8.GetBytes(Key)];
        return HMACSHA256.HashData(secret, said);
    }
}

/// <summary>A caller's proof. The connection keeps it, so that it can be verified again while the connection is open.</summary>
/// <param name="transcript">The messages before the proof.</param>
/// <param name="given">The proof that the caller sent.</param>
public readonly struct ConnectionProof(ProofTranscript transcript, byte[] given) : ICredentialProof
{
    private readonly Match _match = new();

    /// <inheritdoc/>
    public string Key => transcript.Key;

    /// <summary>Returns the silo's proof, or null if no secret matched.</summary>
    public byte[]? ProofOfSilo => _match.ProofOfSilo;

    /// <inheritdoc/>
    public bool IsMadeWith(ReadOnlySpan<byte> secret)
    {
        // An empty secret proves nothing, because no credential has one.
        if (secret.IsEmpty || !CryptographicOperations.FixedTimeEquals(transcript.ProofOfCaller(secret), given)) return false;
        _match.ProofOfSilo ??= transcript.ProofOfSilo(secret);
        return true;
    }

    /// <summary>Shared by all copies of a proof.</summary>
    private sealed class Match
    {
        public byte[]? ProofOfSilo { get; set; }
    }
}
