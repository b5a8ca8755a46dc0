using Audrey.Core.Access;
using Audrey.Core.Ids;

namespace Audrey.Abstractions.Credentials;

/// <summary>The conductors' credentials that do not change while the process runs, such as the credentials in its settings.</summary>
public interface IConfiguredCredentials
{
    /// <summary>Gets all credentials.</summary>
    IEnumerable<ConductorCredential> All { get; }

    /// <summary>Returns the credential with this key, or null.</summary>
    ConductorCredential? Find(string key);
}

/// <summary>
/// Looks up conductors' keys and verifies proofs of their secrets. No other class does this. It covers the credentials in the settings, the
/// credentials that were added while the cluster runs, and previous secrets during a rotation. A key in the settings is never looked up
/// among the added credentials. A refusal takes the same time for an unknown key and for a known key, because in both cases it waits for
/// the cluster's answer.
/// </summary>
public sealed class ConductorDirectory(IConfiguredCredentials configured, AddedCredentials added, TimeProvider time)
{
    /// <summary>The credential that is verified for an unknown key. The result is ignored.</summary>
    private static readonly ConductorCredential Decoy =
        new(ConductorKey.Parse("nobody"), Guid.NewGuid().ToString("N"), ConductorRole.Viewer);

    /// <summary>
    /// Verifies a proof. Returns null if the proof must be refused. Throws any exception that the reader of the added credentials throws.
    /// </summary>
    public ValueTask<ConductorIdentity?> Verify<TProof>(TProof proof)
        where TProof : struct, ICredentialProof =>
        TryVerifyCached(proof) is { } identity ? new(identity) : VerifyFresh(proof);

    /// <summary>
    /// Verifies a proof with the credentials in memory. If this method returns null, call <see cref="VerifyFresh"/>, which reads the
    /// credentials from the cluster.
    /// </summary>
    public ConductorIdentity? TryVerifyCached<TProof>(TProof proof)
        where TProof : struct, ICredentialProof =>
        Verify(proof, added.TryGetCached());

    /// <summary>Reads the added credentials from the cluster and verifies a proof. Returns null if the proof must be refused.</summary>
    public async ValueTask<ConductorIdentity?> VerifyFresh<TProof>(TProof proof)
        where TProof : struct, ICredentialProof =>
        Verify(proof, await added.GetFresh());

    /// <summary>
    /// Returns the conductor with this key if it has a credential, or null. Verifies no secret, so the caller must already have proved that
    /// it is this conductor. Throws any exception that the reader of the added credentials throws.
    /// </summary>
    public ValueTask<ConductorIdentity?> Find(ConductorKey key)
    {
        if (configured.Find(key.Value) is { } known) return new(known.Identity);
        return added.TryGetCached()?.ByKey.GetValueOrDefault(key.Value) is { } stored ? new(stored.Identity) : FindFresh(key);
    }

    /// <summary>Returns whether there is a credential in memory with this key.</summary>
    public bool IsCached(string key) => configured.Find(key) is not null || added.TryGetCached()?.ByKey.ContainsKey(key) == true;

    /// <summary>
    /// Returns whether any credential acts for this conductor. Throws any exception of the reader of the added credentials.
    /// </summary>
    public async ValueTask<bool> HasCredentials(ConductorKey conductor) =>
        configured.All.Any(credential => credential.Identity.Key == conductor)
        || (await added.GetFresh()).ByKey.Values.Any(credential => credential.Identity.Key == conductor);

    private async ValueTask<ConductorIdentity?> FindFresh(ConductorKey key) =>
        (await added.GetFresh()).ByKey.GetValueOrDefault(key.Value)?.Identity;

    private ConductorIdentity? Verify<TProof>(TProof proof, AddedCredentials.Snapshot? snapshot)
        where TProof : struct, ICredentialProof
    {
        var credential = configured.Find(proof.Key) ?? snapshot?.ByKey.GetValueOrDefault(proof.Key);
        var isProven = (credential ?? Decoy).IsProvenBy(proof, time.GetUtcNow());
        return isProven ? credential?.Identity : null;
    }
}
