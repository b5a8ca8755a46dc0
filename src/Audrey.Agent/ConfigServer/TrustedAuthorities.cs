using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Audrey.Agent.Diagnostics;

namespace Audrey.Agent.ConfigServer;

/// <summary>Reads the certificate authorities that replace those of the system.</summary>
internal static class TrustedAuthorities
{
    /// <summary>Returns the authorities of the file or of the user data. Null if those of the system count.</summary>
    /// <exception cref="AgentException">They cannot be read, or there is none.</exception>
    public static X509Certificate2Collection? Read(ConfigServerOptions options) => options switch
    {
        { CaBundle: { } bundle } => Read($"CA bundle {bundle}", () => File.ReadAllText(bundle)),
        { CaCertificates: { } pem } => Read("CA bundle of the user data", () => pem),
        _ => null,
    };

    private static X509Certificate2Collection Read(string name, Func<string> read)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(read());
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new AgentException(AgentExitCode.Usage, $"The {name} cannot be read: {failure.Message}", failure);
        }

        return authorities.Count > 0 ? authorities : throw new AgentException(AgentExitCode.Usage, $"The {name} holds no PEM certificate.");
    }
}
