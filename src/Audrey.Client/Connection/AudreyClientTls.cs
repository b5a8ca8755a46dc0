using System.ComponentModel.DataAnnotations;
using Audrey.Connections.Certificates;
using Audrey.Connections.Tls;
using Audrey.Hosting.Settings;
using Microsoft.Extensions.Logging;

namespace Audrey.Client;

/// <summary>
/// TLS for the connection to the servers. The client and the servers check each other's certificate. Files that are replaced are read
/// again before the next connection.
/// </summary>
public sealed class AudreyClientTls : IValidatableObject
{
    /// <summary>Gets or sets the PEM file with the certificates of the CAs that the servers' certificates may come from.</summary>
    public string Authorities { get; set; } = "";

    /// <summary>Gets or sets the PEM file with the certificate of this client, followed by the intermediate certificates.</summary>
    public string Certificate { get; set; } = "";

    /// <summary>
    /// Gets or sets the PEM file with the key of the certificate. Empty if the key is in the same file as the certificate.
    /// </summary>
    public string Key { get; set; } = "";

    /// <summary>
    /// Gets or sets the DNS name in the certificates of the servers. It is the value of their setting <c>Audrey:Cluster:Tls:SiloName</c>.
    /// </summary>
    public string SiloName { get; set; } = CertificateAuthority.DefaultSiloName;

    private CertificateFiles Files => new(Authorities ?? "", Certificate ?? "", Key ?? "");

    /// <summary>Returns the broken rules that the attributes of the properties do not check.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Uri.CheckHostName(SiloName) != UriHostNameType.Dns)
            yield return SettingsCheck.Broken(nameof(SiloName), $"is '{SiloName}', which is not a DNS name");
        foreach (var problem in Files.Problems(TimeProvider.System)) yield return problem;
    }

    /// <summary>Returns the object that adds TLS to connections. If the options are null, connections are opened without TLS.</summary>
    internal static SiloTls Create(AudreyClientTls? options, ILoggerFactory logging) => options is null
        ? new(TlsMode.Off, new("", "", ""), CertificateAuthority.DefaultSiloName, TimeProvider.System, logging)
        : new(TlsMode.Require, options.Files, options.SiloName, TimeProvider.System, logging);
}
