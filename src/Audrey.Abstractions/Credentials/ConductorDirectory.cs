using Audrey.Core.Ids;

namespace Audrey.Abstractions.Credentials;

/// <summary>The conductors' credentials that do not change while the process runs, such as those of its settings.</summary>
public interface IConfiguredCredentials
{
    /// <summary>Returns the credential with this key, or null.</summary>
    ConductorCredential? Find(string key);
}

/// <summary>
/// The only place that looks up conductors' keys and verifies their secrets. It covers the credentials of the settings, the credentials
/// that were added while the cluster runs, and previous secrets during a rotation. A key of the settings is never looked up among the added
/// ones. A refusal takes as long for an unknown key as for a known one, because both wait for the cluster's answer.
/// </summary>
public sealed class ConductorDirectory(IConfiguredCredentials configured, AddedCredentials added, TimeProvider time)
{
    /// <summary>Verified for an unknown key. The result is ignored.</summary>
    private static readonly ConductorCredential Decoy = new(ConductorKey.Parse("nobody"), Guid.NewGuid().ToString("N"));

    /// <summary>
    /// Verifies a proof. Returns null if it must be refused. Throws any exception of the reader of the added credentials.
    /// </summary>
    public ValueTask<ConductorIdentity?> Verify<TProof>(TProof proof)
        where TProof : struct, ICredentialProof =>
        TryVerifyCached(proof) is { } identity ? new(identity) : VerifyFresh(proof);

    /// <summary>
    /// Verifies a proof with the credentials in memory. If this returns null, call <see cref="VerifyFresh"/>, which asks the cluster.
    /// </summary>
    public ConductorIdentity? TryVerifyCached<TProof>(TProof proof)
        where TProof : struct, ICredentialProof =>
        Verify(proof, added.TryGetCached());

    /// <summary>Asks the cluster for the added credentials and verifies a proof. Returns null if it must be refused.</summary>
    public async ValueTask<ConductorIdentity?> VerifyFresh<TProof>(TProof proof)
        where TProof : struct, ICredentialProof =>
        Verify(proof, await added.GetFresh());

    private ConductorIdentity? Verify<TProof>(TProof proof, AddedCredentials.Snapshot? snapshot)
        where TProof : struct, ICredentialProof
    {
        var credential = configured.Find(proof.Key) ?? snapshot?.ByKey.GetValueOrDefault(proof.Key);
        var isProven = (credential ?? Decoy).IsProvenBy(proof, time.GetUtcNow());
        return isProven ? credential?.Identity : null;
    }
}
