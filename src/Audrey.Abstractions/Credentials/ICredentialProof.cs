namespace Audrey.Abstractions.Credentials;

/// <summary>
/// Proves that the sender of a request knows a conductor's secret, for example by a signature. Each scheme has its own proof type.
/// </summary>
public interface ICredentialProof
{
    /// <summary>The key of the conductor that the sender claims to be.</summary>
    string Key { get; }

    /// <summary>Returns whether the proof was made with this secret. The duration does not depend on the number of correct bytes.</summary>
    /// <param name="secret">The secret in UTF-8.</param>
    bool IsMadeWith(ReadOnlySpan<byte> secret);
}
