using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Audrey.Connections.Certificates;

/// <summary>The certificates as they were when their files were read.</summary>
internal sealed class LoadedCertificates : IDisposable
{
    private readonly X509Certificate2Collection _authorities;

    private LoadedCertificates(SslStreamCertificateContext own, X509Certificate2Collection authorities) =>
        (Own, _authorities) = (own, authorities);

    /// <summary>Gets this side's certificate with its key and the intermediate certificates.</summary>
    public SslStreamCertificateContext Own { get; }

    /// <exception cref="UnusableCertificateException">
    /// A file does not contain the PEM text that it must contain, or the certificate is not valid.
    /// </exception>
    public static LoadedCertificates Parse(
        CertificateFiles files, string authorities, string certificate, string key, DateTimeOffset now)
    {
        var hasPeers = files.Authorities.Length > 0;
        var roots = hasPeers ? Certificates(nameof(files.Authorities), files.Authorities, authorities) : [];
        var chain = Certificates(nameof(files.Certificate), files.Certificate, certificate);
        var own = WithKey(files, certificate, key);
        chain[0].Dispose();
        chain.RemoveAt(0);
        var loaded = new LoadedCertificates(SslStreamCertificateContext.Create(own, chain, offline: true), roots);
        if (hasPeers && loaded.FindFlaw(now) is { } flaw)
        {
            loaded.Dispose();
            throw new UnusableCertificateException(nameof(files.Certificate), $"is '{files.Certificate}', but {flaw}");
        }

        return loaded;
    }

    /// <summary>Returns the rules for the chain of a certificate. Only the CAs in the files are trusted. Nothing is downloaded.</summary>
    /// <param name="usage">The purpose that the certificate must have.</param>
    /// <param name="now">The time at which it must be valid.</param>
    public X509ChainPolicy CreatePolicy(CertificateUsage usage, DateTimeOffset now)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = now.UtcDateTime,
        };
        policy.CustomTrustStore.AddRange(_authorities);
        policy.ApplicationPolicy.Add(new Oid(usage.Oid));
        return policy;
    }

    public void Dispose()
    {
        Own.TargetCertificate.Dispose();
        foreach (var authority in _authorities) authority.Dispose();
    }

    private static X509Certificate2Collection Certificates(string setting, string path, string text)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException)
        {
            certificates.Clear();
        }

        return certificates.Count > 0
            ? certificates
            : throw new UnusableCertificateException(setting, $"is '{path}', which is not a PEM file with a certificate");
    }

    private static X509Certificate2 WithKey(CertificateFiles files, string certificate, string key)
    {
        try
        {
            var own = X509Certificate2.CreateFromPem(certificate, key.Length == 0 ? certificate : key);
            if (!OperatingSystem.IsWindows()) return own;
            using (own) return X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception mismatch) when (mismatch is CryptographicException or ArgumentException)
        {
            throw files.Key.Length == 0
                ? new UnusableCertificateException(
                    nameof(files.Key), $"is empty, and '{files.Certificate}' does not contain the key of its certificate")
                : new UnusableCertificateException(
                    nameof(files.Key), $"is '{files.Key}', which is not the key of the certificate in '{files.Certificate}'");
        }
    }

    // The other side would refuse a certificate with such a flaw. Without CAs, it is not known what the other side accepts.
    private string? FindFlaw(DateTimeOffset now)
    {
        using var chain = new X509Chain { ChainPolicy = CreatePolicy(CertificateUsage.Client, now) };
        foreach (var intermediate in Own.IntermediateCertificates) chain.ChainPolicy.ExtraStore.Add(intermediate);
        chain.Build(Own.TargetCertificate);
        return PeerCheck.FindFlaw(Own.TargetCertificate, chain, CertificateUsage.Client, now);
    }
}
