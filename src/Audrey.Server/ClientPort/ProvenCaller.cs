using Audrey.Abstractions.Connections;
using Audrey.Abstractions.Credentials;

namespace Audrey.Server.ClientPort;

/// <summary>A caller that has proved who it is.</summary>
/// <param name="Kind">The kind of caller.</param>
/// <param name="Key">The key of the conductor's credential, or the name of the cluster.</param>
/// <param name="Proof">The proof, which is verified again while the connection is open.</param>
internal sealed record ProvenCaller(CallerKind Kind, string Key, ConnectionProof Proof)
{
    /// <summary>Gets the conductor when the connection was opened. Null for a server.</summary>
    public ConductorIdentity? Identity { get; init; }
}

/// <summary>Verifies the proofs of both kinds of callers, when a connection is opened and while it is open.</summary>
internal sealed class CallerVerifier(ConductorDirectory directory, ClusterSecret cluster)
{
    /// <summary>
    /// Verifies a new connection's proof. Returns the caller with its identity, or null if the proof must be refused. Throws any exception
    /// of the reader of the added credentials.
    /// </summary>
    public async ValueTask<ProvenCaller?> VerifyAsync(ProvenCaller caller)
    {
        if (caller.Kind == CallerKind.Server) return cluster.IsProvenBy(caller.Proof) ? caller : null;
        return await directory.Verify(caller.Proof) is { } identity ? caller with { Identity = identity } : null;
    }

    /// <summary>
    /// Verifies the proof of an open connection with the credentials that the cluster has now. If the cluster does not answer, uses
    /// remembered credentials that are at most <see cref="AddedCredentials.MaxAge"/> old.
    /// </summary>
    public async ValueTask<bool> VerifyAgainAsync(ProvenCaller caller)
    {
        if (caller.Kind == CallerKind.Server) return cluster.IsProvenBy(caller.Proof);
        try
        {
            return await directory.VerifyFresh(caller.Proof) is not null;
        }
        catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
        {
            return directory.TryVerifyCached(caller.Proof) is not null;
        }
    }
}
