using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Audrey.Cli.Exit;
using Audrey.Cli.Profiles;

namespace Audrey.Cli.Connection;

/// <summary>
/// Decides by a server's certificate whether the server is the right one. The certificate must be pinned, or it must be signed for the host
/// of the URL by an authority of the profile or of the system. Explains a refusal.
/// </summary>
internal sealed class ServerTrust : IDisposable
{
    private readonly string _profile;
    private readonly string _host;
    private readonly string? _caFile;
    private readonly string? _pin;
    private readonly TimeProvider _time;
    private readonly X509Certificate2Collection _authorities = [];

    /// <exception cref="CommandFailure">The file of the certificate authorities cannot be used.</exception>
    public ServerTrust(Profile profile, TimeProvider time)
    {
        (_profile, _caFile, _time) = (profile.Name, profile.CaFile, time);
        _host = new Uri(profile.Url).DnsSafeHost;
        _pin = profile.CertificateSha256 is { } pin ? ProfileRules.ParsePin(pin) : null;
        if (_caFile is null) return;
        try
        {
            _authorities.ImportFromPemFile(_caFile);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(
                ExitCode.Usage, $"The certificate authorities of profile {_profile}, {_caFile}, cannot be read: {error.Message}");
        }

        if (_authorities.Count == 0)
            throw new CommandFailure(ExitCode.Usage, $"{_caFile} holds no certificate; it must be a PEM file (BEGIN CERTIFICATE).");
    }

    /// <summary>Gets why the last certificate was refused; null if none was.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Returns the options of a TLS connection.</summary>
    public SslClientAuthenticationOptions CreateOptions() => new()
    {
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Accept(certificate as X509Certificate2, chain, errors),
        CertificateChainPolicy = _caFile is null ? null : CreatePolicy(),
    };

    public void Dispose()
    {
        foreach (var authority in _authorities) authority.Dispose();
    }

    private X509ChainPolicy CreatePolicy()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(_authorities);
        return policy;
    }

    private bool Accept(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Refusal = certificate is null ? $"{_host} sent no certificate." : ProblemWith(certificate, chain, errors);
        return Refusal is null;
    }

    private string? ProblemWith(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var now = _time.GetUtcNow();
        var what = $"The certificate of {_host} ({certificate.Subject})";
        if (now > certificate.NotAfter)
            return Text($"{what} has expired: it was valid until {certificate.NotAfter.ToUniversalTime():u}. Renew it on the server.");
        if (now < certificate.NotBefore)
            return Text($"{what} is valid only from {certificate.NotBefore.ToUniversalTime():u}. Check the clocks of both machines.");
        var digest = certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
        if (_pin is not null)
        {
            return digest == _pin
                ? null
                : $"{what} is not the one that profile {_profile} has pinned: its SHA-256 is {digest}, not {_pin}. If the server has a new "
                    + $"certificate, compare this value with the server's, and then run: audrey login {_profile} --pin {digest}";
        }

        if ((errors & SslPolicyErrors.RemoteCertificateChainErrors) != 0)
        {
            var reasons = chain?.ChainStatus.Select(status => status.StatusInformation.Trim().TrimEnd('.')).Distinct() ?? [];
            var authorities = _caFile is null ? "a certificate authority of this system" : $"an authority in {_caFile}";
            return $"{what} is not signed by {authorities}: its issuer is {certificate.Issuer} ({string.Join("; ", reasons)}). Give the "
                + $"issuer's certificate: audrey login {_profile} --ca FILE. Or compare the SHA-256 of the certificate, {digest}, with the "
                + $"server's, and pin it: audrey login {_profile} --pin {digest}.";
        }

        return errors == SslPolicyErrors.None
            ? null
            : $"{what} is for {NamesIn(certificate)}, not for {_host}. Use a URL with a name in the certificate, or give the server a "
                + $"certificate for {_host}.";
    }

    private static string NamesIn(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        string[] all = names is null
            ? []
            : [.. names.EnumerateDnsNames(), .. names.EnumerateIPAddresses().Select(address => address.ToString())];
        return all.Length == 0 ? "no host" : string.Join(", ", all);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
