using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Audrey.EndToEnd.Tests.Secrets;

/// <summary>Creates self-signed certificates as PEM files that contain the private key.</summary>
internal static class Certificates
{
    public static string Create(string path)
    {
        using var key = RSA.Create(2048);
        var now = TimeProvider.System.GetUtcNow();
        var request = new CertificateRequest("CN=audrey keys", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        File.WriteAllText(path, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        return path;
    }
}
