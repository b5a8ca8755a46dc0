using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Audrey.EndToEnd.Tests.Secrets;

/// <summary>Certificates that sign themselves, as PEM files with their keys.</summary>
internal static class Certificates
{
    public static string Make(string path)
    {
        using var key = RSA.Create(2048);
        var now = TimeProvider.System.GetUtcNow();
        var request = new CertificateRequest("CN=audrey keys", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        File.WriteAllText(path, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        return path;
    }
}
