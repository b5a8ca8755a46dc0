using Audrey.Core.Ids;

namespace Audrey.Abstractions.Credentials;

/// <summary>The conductors' credentials that do not change while the process runs, such as those of its settings.</summary>
public interface IConfiguredCredentials
{
    /// <summary>Returns the credential with this key, or null.</summary>
    ConductorCredential? Find(string key);
}

/// <summary>
/// The one place that looks conductors' keys up and verifies their secrets: those of the settings, those added while the cluster runs,
/// and the secrets before while a rotation overlaps. A key of the settings is never looked up among the added ones. A refusal takes as
/// long for an unknown key as for a known one, and both wait until the cluster was asked.
/// </summary>
public sealed class ConductorDirectory(IConfiguredCredentials configured, AddedCredentials added, TimeProvider time)
{
    /// <summary>Is verified for an unknown key; its result is ignored.</summary>
    private static readonly ConductorCredential Decoy = new(ConductorKey.Parse("nobody"), Guid.NewGuid().ToString("N"));

    /// <summary>Verifies a proof. Returns null if it must be refused. Throws what the reader of the added credentials throws.</summary>
    public ValueTask<ConductorIdentity?> Verify<TProof>(TProof proof)
        where TProof : struct, ICredentialProof =>
        TryVerifyCached(proof) is { } identity ? new(identity) : VerifyFresh(proof);

    /// <summary>Verifies a proof with the credentials in memory. After null, <see cref="VerifyFresh"/> asks the cluster.</summary>
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
