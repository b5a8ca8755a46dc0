using System.Net.Security;
using Audrey.Connections.Certificates;
using Audrey.Connections.Tls;
using Audrey.Gateway.Bus;
using Audrey.Gateway.Settings;
using Audrey.Server.Settings;

namespace Audrey.Server.Hosting;

/// <summary>Adds the certificate of the embedded bus, if the settings have one. Its files are read again when they are replaced.</summary>
internal static class BusCertificates
{
    /// <exception cref="SettingsException">A file cannot be used.</exception>
    public static void AddBusCertificate(this WebApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection(BusSettings.Section);
        if (section[nameof(BusSettings.Certificate)] is not { Length: > 0 } path) return;
        if (section[nameof(BusSettings.Key)] is not { Length: > 0 } key) return;
        builder.Services.AddSingleton(provider => Create(path, key, provider));
        builder.Services.AddSingleton(provider =>
        {
            // A file that cannot be used ends the start of the server.
            var certificate = provider.GetRequiredService<ReplaceableCertificate>();
            return new BusTls(() =>
            {
                var options = new SslServerAuthenticationOptions();
                certificate.Use(options);
                return options;
            });
        });
    }

    private static ReplaceableCertificate Create(string path, string key, IServiceProvider provider)
    {
        try
        {
            return new ReplaceableCertificate(
                path, key, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>());
        }
        catch (UnusableCertificateException unusable)
        {
            var setting = unusable.Setting == nameof(CertificateFiles.Key) ? nameof(BusSettings.Key) : nameof(BusSettings.Certificate);
            throw new SettingsException([$"{BusSettings.Section}:{setting} {unusable.Problem}."]);
        }
    }
}
