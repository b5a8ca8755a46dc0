using System.Text;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;

namespace Audrey.Abstractions.Credentials;

/// <summary>A conductor's credential. During a rotation it also includes the previous secret.</summary>
public sealed class ConductorCredential
{
    /// <summary>Verified in place of a missing previous secret, so that every refusal costs the same.</summary>
    private static readonly byte[] Decoy = "nobody has this secret"u8.ToArray();

    private readonly byte[] _secret;
    private readonly byte[] _previous = Decoy;
    private readonly DateTimeOffset? _previousUntil;

    /// <summary>Creates a credential that does not change.</summary>
    public ConductorCredential(ConductorKey key, string secret)
    {
        Identity = new(key, ConductorRole.Operator);
        _secret = Encoding.UTF8.GetBytes(secret);
    }

    /// <summary>Creates the credential that the cluster stores.</summary>
    public ConductorCredential(StoredCredential stored)
        : this((stored ?? throw new ArgumentNullException(nameof(stored))).Key, stored.Secret)
    {
        if (stored.PreviousSecret is not { } previous) return;
        (_previous, _previousUntil) = (Encoding.UTF8.GetBytes(previous), stored.PreviousUntil);
    }

    /// <summary>The conductor that the credential belongs to.</summary>
    public ConductorIdentity Identity { get; }

    /// <summary>The conductor's key.</summary>
    public ConductorKey Key => Identity.Key;

    /// <summary>The conductor's secret in UTF-8.</summary>
    public ReadOnlySpan<byte> Secret => _secret;

    /// <summary>
    /// Returns whether the proof was made with the secret, or with the previous secret while that is still valid. Every refusal verifies
    /// two secrets.
    /// </summary>
    public bool IsProvenBy<TProof>(TProof proof, DateTimeOffset now)
        where TProof : struct, ICredentialProof
    {
        if (proof.IsMadeWith(_secret)) return true;
        return proof.IsMadeWith(_previous) & now < _previousUntil;
    }
}
