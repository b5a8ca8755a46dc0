namespace Audrey.Abstractions.Credentials;

/// <summary>What a request offers to prove that its sender knows a conductor's secret, such as a signature. Each scheme has its own.</summary>
public interface ICredentialProof
{
    /// <summary>The key of the conductor that the sender claims to be.</summary>
    string Key { get; }

    /// <summary>Returns whether the proof was made with this secret. The time it takes does not depend on how much of the secret is right.</summary>
    /// <param name="secret">The secret in UTF-8.</param>
    bool IsMadeWith(ReadOnlySpan<byte> secret);
}
