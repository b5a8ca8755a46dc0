namespace Audrey.Connections.Certificates;

/// <summary>The purpose of a certificate: the extended key usage.</summary>
/// <param name="Oid">The identifier of the usage.</param>
/// <param name="Name">The name of the usage in messages.</param>
internal sealed record CertificateUsage(string Oid, string Name)
{
    /// <summary>The certificate of a side that accepts connections.</summary>
    public static readonly CertificateUsage Server = new("1.3.6.1.5.5.7.3.1", "servers");

    /// <summary>The certificate of a side that opens connections.</summary>
    public static readonly CertificateUsage Client = new("1.3.6.1.5.5.7.3.2", "clients");
}
