using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Audrey.Testing;

/// <summary>A certificate authority for the PostgreSQL servers of tests. Disposing it deletes its files.</summary>
public sealed class PostgreSqlAuthority : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _certificate;
    private int _serial;

    public PostgreSqlAuthority(string name)
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        _certificate = request.CreateSelfSigned(now.AddDays(-30), now.AddDays(30));
        Path = _directory.File("authority.pem");
        File.WriteAllText(Path, _certificate.ExportCertificatePem());
    }

    /// <summary>Gets the file with the certificate of the authority.</summary>
    public string Path { get; }

    /// <summary>
    /// Returns a certificate and its key, both as PEM. If <paramref name="days"/> is negative, the certificate has already expired.
    /// </summary>
    public (string Certificate, string Key) Issue(string host, int days = 1)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN=database of {host}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address)) names.AddIpAddress(address);
        else names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        byte[] serial = [(byte)Interlocked.Increment(ref _serial)];
        using var certificate = request.Create(_certificate, now.AddDays(-20), now.AddDays(days), serial);
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
        _directory.Dispose();
    }
}
