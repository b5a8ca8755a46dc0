using Audrey.Core.Ids;

namespace Audrey.Client;

/// <summary>A credential with its new secret. The cluster never shows the secret again.</summary>
public sealed class IssuedCredential
{
    /// <summary>Gets the key that the conductor signs with.</summary>
    public required ConductorKey Key { get; init; }

    /// <summary>Gets the secret: 256 random bits in hexadecimal digits. Keep the secret where only the conductor can read it.</summary>
    public required string Secret { get; init; }

    /// <summary>Returns the key without the secret, because the secret must not end up in a log.</summary>
    public override string ToString() => $"credential of conductor '{Key}'";
}
