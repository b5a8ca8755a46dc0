using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Audrey.Testing;

/// <summary>A certificate authority for one test. It issues certificates for servers.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;

    public TestAuthority(string name = "the authority of a test")
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        var now = TimeProvider.System.GetUtcNow();
        _certificate = request.CreateSelfSigned(now.AddDays(-400), now.AddDays(400));
    }

    /// <summary>Writes the authority's certificate and returns the path of the file.</summary>
    public string Write(string path)
    {
        File.WriteAllText(path, _certificate.ExportCertificatePem());
        return path;
    }

    /// <summary>Issues a certificate and writes it and its key into PEM files.</summary>
    /// <param name="path">The path without the extension. The extensions of the files are <c>.pem</c> and <c>.key</c>.</param>
    /// <param name="host">The name or the address of the server.</param>
    /// <param name="from">The first day on which it is valid, relative to today.</param>
    /// <param name="until">The last day on which it is valid, relative to today.</param>
    /// <returns>The SHA-256 of the certificate in lower-case hexadecimal digits.</returns>
    public string Issue(string path, string host, int from = -1, int until = 30)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=a server", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address)) names.AddIpAddress(address);
        else names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var issued = request.Create(_certificate, now.AddDays(from), now.AddDays(until), RandomNumberGenerator.GetBytes(16));
        File.WriteAllText(path + ".pem", issued.ExportCertificatePem());
        File.WriteAllText(path + ".key", key.ExportPkcs8PrivateKeyPem());
        return issued.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
    }

    public void Dispose()
    {
        _key.Dispose();
        _certificate.Dispose();
    }
}
