using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Audrey.Connections.Certificates;

/// <summary>A CA that issues the certificates of a cluster. Its keys and those of its certificates are on the curve P-256.</summary>
public sealed class CertificateAuthority : IDisposable
{
    /// <summary>The DNS name in the certificates of silos, unless the settings contain another name.</summary>
    public const string DefaultSiloName = "audrey-silo";

    private readonly X509Certificate2 _certificate;
    private readonly ECDsa _key;

    private CertificateAuthority(X509Certificate2 certificate, ECDsa key) => (_certificate, _key) = (certificate, key);

    /// <summary>Gets the certificate of the CA, in PEM.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem() + "\n";

    /// <summary>Gets the key of the CA, in PEM.</summary>
    public string KeyPem => _key.ExportPkcs8PrivateKeyPem() + "\n";

    /// <summary>Creates a CA.</summary>
    /// <param name="name">The common name.</param>
    /// <param name="from">The time from which it is valid.</param>
    /// <param name="until">The time until which it is valid.</param>
    public static CertificateAuthority Create(string name, DateTimeOffset from, DateTimeOffset until)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(name, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        return new(request.CreateSelfSigned(from, until), key);
    }

    /// <summary>Reads a CA.</summary>
    /// <exception cref="CryptographicException">The texts are not the certificate of a CA and its key.</exception>
    public static CertificateAuthority Read(string certificatePem, string keyPem)
    {
        X509Certificate2 certificate;
        try
        {
            certificate = X509Certificate2.CreateFromPem(certificatePem, keyPem);
        }
        catch (ArgumentException mismatch)
        {
            throw new CryptographicException("The key does not belong to the certificate.", mismatch);
        }

        return certificate.GetECDsaPrivateKey() is { } key
            ? new(certificate, key)
            : throw new CryptographicException("The key is not one for elliptic curves.");
    }

    /// <summary>Issues the certificate of a silo. A silo both accepts and opens connections.</summary>
    /// <param name="name">The common name, which is also a DNS name or an IP address of the silo.</param>
    /// <param name="siloName">The DNS name that all silos have in common.</param>
    /// <param name="from">The time from which it is valid.</param>
    /// <param name="until">The time until which it is valid.</param>
    public IssuedCertificate IssueSilo(string name, string siloName, DateTimeOffset from, DateTimeOffset until)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(siloName);
        if (IPAddress.TryParse(name, out var address)) names.AddIpAddress(address);
        else names.AddDnsName(name);
        return Issue(name, names, [CertificateUsage.Server, CertificateUsage.Client], from, until);
    }

    /// <summary>Issues the certificate of a client.</summary>
    /// <param name="name">The common name.</param>
    /// <param name="from">The time from which it is valid.</param>
    /// <param name="until">The time until which it is valid.</param>
    public IssuedCertificate IssueClient(string name, DateTimeOffset from, DateTimeOffset until) =>
        Issue(name, null, [CertificateUsage.Client], from, until);

    /// <inheritdoc/>
    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }

    private IssuedCertificate Issue(
        string name, SubjectAlternativeNameBuilder? names, CertificateUsage[] usages, DateTimeOffset from, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(name, key);
        var oids = new OidCollection();
        foreach (var usage in usages) oids.Add(new Oid(usage.Oid));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(oids, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
        if (names is not null) request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(_certificate, Later(from, _certificate.NotBefore), Earlier(until), NewSerialNumber());
        return new(certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n", certificate.NotAfter);

        // A certificate must not be valid before or after its CA.
        static DateTimeOffset Later(DateTimeOffset time, DateTimeOffset bound) => time > bound ? time : bound;
        DateTimeOffset Earlier(DateTimeOffset time) => time < _certificate.NotAfter ? time : _certificate.NotAfter;
    }

    private static CertificateRequest Request(string name, ECDsa key)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }

    // The number must be positive.
    private static byte[] NewSerialNumber()
    {
        var number = RandomNumberGenerator.GetBytes(16);
        number[0] = (byte)((number[0] & 0x7f) | 0x40);
        return number;
    }
}

/// <summary>A certificate that a CA issued, with its key.</summary>
public sealed class IssuedCertificate
{
    internal IssuedCertificate(string certificatePem, string keyPem, DateTimeOffset until) =>
        (CertificatePem, KeyPem, Until) = (certificatePem, keyPem, until);

    /// <summary>Gets the certificate, in PEM.</summary>
    public string CertificatePem { get; }

    /// <summary>Gets the key, in PEM.</summary>
    public string KeyPem { get; }

    /// <summary>Gets the time until which the certificate is valid.</summary>
    public DateTimeOffset Until { get; }
}
