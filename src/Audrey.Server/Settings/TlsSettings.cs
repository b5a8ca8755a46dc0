using System.ComponentModel.DataAnnotations;
using Audrey.Connections.Certificates;
using Audrey.Connections.Tls;
using Audrey.Hosting.Settings;

namespace Audrey.Server.Settings;

/// <summary>TLS on the two ports of silos. A gateway without a silo uses these settings when it connects to silos.</summary>
public sealed class TlsSettings : IValidatableObject
{
    /// <summary>
    /// How connections to the silos' two ports are opened and accepted. <c>Off</c>: both without TLS. <c>Accept</c>: connections are opened
    /// without TLS, and accepted with or without TLS. <c>Prefer</c>: connections are opened with TLS, and accepted with or without TLS.
    /// <c>Require</c>: both with TLS.
    /// </summary>
    public TlsMode Mode { get; set; } = TlsMode.Off;

    /// <summary>
    /// PEM file with the certificates of the CAs that may issue the certificates of silos and clients. It is read again when it is
    /// replaced.
    /// </summary>
    [Setting(Range = "a PEM file")]
    public string Authorities { get; set; } = "";

    /// <summary>
    /// PEM file with the certificate of this server, followed by the intermediate certificates. It is read again when it is replaced.
    /// </summary>
    [Setting(Range = "a PEM file")]
    public string Certificate { get; set; } = "";

    /// <summary>PEM file with the key of the certificate, which only the server may read. It is read again when it is replaced.</summary>
    [Setting(Default = "the file of the certificate", Range = "a PEM file")]
    public string Key { get; set; } = "";

    /// <summary>
    /// The DNS name in the certificates of silos. Servers and clients check it when they connect to a silo, and a silo checks it on its
    /// port for silos. So a client's certificate is not accepted as a silo's certificate.
    /// </summary>
    public string SiloName { get; set; } = CertificateAuthority.DefaultSiloName;

    /// <summary>Gets the files.</summary>
    internal CertificateFiles Files => new(Authorities, Certificate, Key);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Uri.CheckHostName(SiloName) != UriHostNameType.Dns)
            yield return SettingsCheck.Broken(nameof(SiloName), $"is '{SiloName}', which is not a DNS name");
        if (Mode != TlsMode.Off)
            foreach (var problem in Files.Problems(TimeProvider.System)) yield return problem;
        else if (Authorities.Length + Certificate.Length + Key.Length > 0)
            yield return SettingsCheck.Broken(nameof(Mode), "is Off, but certificates are given; set it to Require, or remove the files");
    }
}
