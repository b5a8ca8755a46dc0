using Audrey.Core.Ids;

namespace Audrey.Client;

/// <summary>A credential that was just made. The cluster tells its secret to nobody again.</summary>
public sealed class IssuedCredential
{
    internal IssuedCredential(ConductorKey key, string secret) => (Key, Secret) = (key, secret);

    /// <summary>What the conductor signs under.</summary>
    public ConductorKey Key { get; }

    /// <summary>What it signs with: 256 random bits in hexadecimal digits. Keep it where only the conductor can read it.</summary>
    public string Secret { get; }

    /// <summary>The key; not the secret, which must not end up in a log.</summary>
    public override string ToString() => $"credential of conductor '{Key}'";
}
