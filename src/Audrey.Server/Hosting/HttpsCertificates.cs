using Audrey.Connections.Certificates;
using Audrey.Connections.Tls;
using Audrey.Server.Settings;
using Microsoft.AspNetCore.Server.Kestrel;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Audrey.Server.Hosting;

/// <summary>
/// The certificates of the HTTPS endpoints. Kestrel reads the files of certificates only once. This class reads PEM files again when they
/// are replaced. A PFX file, a certificate with a password, and the certificates of a section <c>Sni</c> are left to Kestrel.
/// </summary>
internal sealed partial class HttpsCertificates(
    IHostEnvironment environment, TimeProvider time, ILoggerFactory logging, ILogger<HttpsCertificates> log) : IDisposable
{
    private readonly List<ReplaceableCertificate> _certificates = [];

    /// <summary>Applies the certificates in a configuration section of Kestrel.</summary>
    /// <exception cref="SettingsException">A file cannot be used.</exception>
    public void Apply(KestrelServerOptions kestrel, KestrelConfigurationLoader loader, IConfigurationSection section)
    {
        if (Read(section.GetSection("Certificates:Default")) is { } standard)
            kestrel.ConfigureHttpsDefaults(https => https.OnAuthenticate = (_, handshake) => standard.Use(handshake));
        foreach (var endpoint in section.GetSection("Endpoints").GetChildren())
        {
            var hasNames = endpoint.GetSection("Sni").Exists();
            var own = endpoint.GetSection("Certificate");
            if (!hasNames && !own.Exists()) continue;

            // Without this, the endpoint would use the default certificate.
            var certificate = hasNames ? null : Read(own);
            loader.Endpoint(endpoint.Key, configured => configured.HttpsOptions.OnAuthenticate =
                certificate is null ? null : (_, handshake) => certificate.Use(handshake));
        }
    }

    public void Dispose()
    {
        foreach (var certificate in _certificates) certificate.Dispose();
    }

    /// <summary>Reads a certificate. Returns null if there is none, or if it is left to Kestrel.</summary>
    private ReplaceableCertificate? Read(IConfigurationSection section)
    {
        if (!section.Exists()) return null;
        if (section["Path"] is not { Length: > 0 } path || section["KeyPath"] is not { Length: > 0 } key
            || !string.IsNullOrEmpty(section["Password"]))
        {
            LogReadOnce(section.Path);
            return null;
        }

        try
        {
            var certificate = new ReplaceableCertificate(Absolute(path), Absolute(key), time, logging);
            _certificates.Add(certificate);
            return certificate;
        }
        catch (UnusableCertificateException unusable)
        {
            var setting = unusable.Setting == nameof(CertificateFiles.Key) ? "KeyPath" : "Path";
            throw new SettingsException([$"{section.Path}:{setting} {unusable.Problem}."]);
        }
    }

    // As Kestrel does.
    private string Absolute(string path) => Path.Combine(environment.ContentRootPath, path);

    [LoggerMessage(
        LogLevel.Information,
        "The certificate in {Section} is read only now. To have it read again when it is replaced, give it as a PEM file in Path and its "
        + "key without a password in KeyPath.")]
    private partial void LogReadOnce(string section);
}
