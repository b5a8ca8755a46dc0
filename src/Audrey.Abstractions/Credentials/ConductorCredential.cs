using System.Text;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Access;
using Audrey.Core.Ids;

namespace Audrey.Abstractions.Credentials;

/// <summary>A conductor's credential. During a rotation, the credential also includes the previous secret.</summary>
public sealed class ConductorCredential
{
    /// <summary>
    /// The secret that is verified in place of the previous secret if there is none. So every refusal takes the same time.
    /// </summary>
    private static readonly byte[] Decoy = "nobody has this secret"u8.ToArray();

    private readonly byte[] _secret;
    private readonly byte[] _previous = Decoy;
    private readonly DateTimeOffset? _previousUntil;

    /// <summary>Creates a credential that never changes.</summary>
    /// <param name="key">The key of the credential.</param>
    /// <param name="secret">The conductor's secret.</param>
    /// <param name="role">The credential's role.</param>
    /// <param name="actsFor">The conductor whose deployables the credential acts on. If it is null, this is the conductor with the same
    /// key.</param>
    public ConductorCredential(ConductorKey key, string secret, ConductorRole role, ConductorKey? actsFor = null)
    {
        Identity = new(actsFor ?? key, role, key);
        _secret = Encoding.UTF8.GetBytes(secret);
    }

    /// <summary>Creates a credential from a record that the cluster stores.</summary>
    public ConductorCredential(StoredCredential stored)
        : this((stored ?? throw new ArgumentNullException(nameof(stored))).Key, stored.Secret, stored.Role, stored.ActsFor)
    {
        if (stored.PreviousSecret is not { } previous) return;
        (_previous, _previousUntil) = (Encoding.UTF8.GetBytes(previous), stored.PreviousUntil);
    }

    /// <summary>The identity that the credential proves.</summary>
    public ConductorIdentity Identity { get; }

    /// <summary>The key of the credential.</summary>
    public ConductorKey Key => Identity.Credential;

    /// <summary>The conductor's secret in UTF-8.</summary>
    public ReadOnlySpan<byte> Secret => _secret;

    /// <summary>
    /// Returns whether the proof was made with the current secret, or with the previous one while that is still valid. Two secrets are
    /// verified before every refusal.
    /// </summary>
    public bool IsProvenBy<TProof>(TProof proof, DateTimeOffset now)
        where TProof : struct, ICredentialProof
    {
        if (proof.IsMadeWith(_secret)) return true;
        return proof.IsMadeWith(_previous) & now < _previousUntil;
    }
}
