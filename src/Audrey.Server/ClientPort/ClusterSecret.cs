using System.Text;
using Audrey.Abstractions.Connections;
using Audrey.Server.Settings;

namespace Audrey.Server.ClientPort;

/// <summary>
/// The secret that the servers of a cluster share, so that a gateway without a silo can prove that it is one of them. The file is read for
/// each use, so it can be replaced while servers run. The file can have several secrets. This server uses the first one for its own proof,
/// and accepts proofs with any of them.
/// </summary>
internal sealed class ClusterSecret(ClusterSettings settings)
{
    /// <summary>Returns the credential with which this server proves who it is.</summary>
    /// <exception cref="SettingsException">The file cannot be used.</exception>
    public CallerCredential OwnCredential() => new(CallerKind.Server, settings.ClusterId, ClusterSecretFile.Read(settings.SecretFile)[0]);

    /// <summary>Returns whether a proof was made with one of the secrets.</summary>
    public bool IsProvenBy(ConnectionProof proof)
    {
        if (settings.SecretFile.Length == 0 || proof.Key != settings.ClusterId) return false;
        try
        {
            var isProven = false;
            foreach (var secret in ClusterSecretFile.Read(settings.SecretFile))
                isProven |= proof.IsMadeWith(Encoding.UTF8.GetBytes(secret));
            return isProven;
        }
        catch (SettingsException)
        {
            return false;
        }
    }
}
