using System.Security.Cryptography.X509Certificates;
using Audrey.Server.Settings;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Audrey.Server.Secrets;

/// <summary>The keys at the time of the last read, in a separate container.</summary>
internal sealed record LoadedKeys(IDataProtector Protector, IKeyManager Keys, long At, ServiceProvider Services) : IDisposable
{
    private const string Application = "audrey";

    public static LoadedKeys Read(IXmlRepository files, SecretsSettings settings, string purpose, long at)
    {
        var services = new ServiceCollection();
        var protection = services.AddDataProtection()
            .SetApplicationName(Application)
            .SetDefaultKeyLifetime(settings.KeyLifetime)
            .UseCryptographicAlgorithms(new AuthenticatedEncryptorConfiguration { EncryptionAlgorithm = EncryptionAlgorithm.AES_256_GCM });
        services.Configure<KeyManagementOptions>(options => options.XmlRepository = files);
        X509Certificate2[] certificates = [.. settings.Certificates.Select(path => X509Certificate2.CreateFromPemFile(path))];
        if (certificates.Length > 0) protection.ProtectKeysWithCertificate(certificates[0]).UnprotectKeysWithAnyCertificate(certificates);

        var provider = services.BuildServiceProvider();
        return new(
            provider.GetRequiredService<IDataProtectionProvider>().CreateProtector(purpose),
            provider.GetRequiredService<IKeyManager>(),
            at,
            provider);
    }

    public void Dispose() => Services.Dispose();
}
