using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Audrey.Connections.Certificates;

/// <summary>
/// Decides whether the certificate of the other side is accepted. The reasons for a refusal are written for people, as the end of a
/// sentence.
/// </summary>
internal static class PeerCheck
{
    /// <summary>Returns the reason why a side is refused. Null if it is accepted.</summary>
    /// <param name="certificate">The certificate that the side presented. Null if there is none.</param>
    /// <param name="chain">Its chain, built under <see cref="LoadedCertificates.CreatePolicy"/>.</param>
    /// <param name="usage">The purpose that the certificate must have.</param>
    /// <param name="siloName">The DNS name that the certificate must have. Null if any name is accepted.</param>
    /// <param name="now">The time.</param>
    public static string? FindRefusal(
        X509Certificate2? certificate, X509Chain? chain, CertificateUsage usage, string? siloName, DateTimeOffset now)
    {
        if (certificate is null || chain is null) return "no certificate was given";
        if (FindFlaw(certificate, chain, usage, now) is { } flaw) return flaw;
        return siloName is null || certificate.MatchesHostname(siloName, allowWildcards: false, allowCommonName: false)
            ? null
            : $"{Describe(certificate)} is not a silo's, because it does not have the DNS name {siloName}";
    }

    /// <summary>Returns what is wrong with a certificate. Null if it is valid.</summary>
    public static string? FindFlaw(X509Certificate2 certificate, X509Chain chain, CertificateUsage usage, DateTimeOffset now)
    {
        var (from, until) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        if (until < now.UtcDateTime) return Text($"{Describe(certificate)} expired at {until:u}");
        if (from > now.UtcDateTime) return Text($"{Describe(certificate)} is valid only from {from:u} on");
        var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        if (status == X509ChainStatusFlags.NoError) return null;
        if ((status & (X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot)) != 0)
            return $"{Describe(certificate)} was issued by {Printable(certificate.Issuer)}, which is not a trusted CA";
        if ((status & X509ChainStatusFlags.NotTimeValid) != 0)
            return $"the CA of {Describe(certificate)}, {Printable(certificate.Issuer)}, has expired or is not valid yet";
        if ((status & X509ChainStatusFlags.NotValidForUsage) != 0)
            return $"{Describe(certificate)} is not for {usage.Name}, according to its extended key usage";
        return $"{Describe(certificate)} is not valid: {status}";
    }

    /// <summary>Returns text from the other side on one line of limited length, so that the text cannot forge lines of a log.</summary>
    public static string Printable(string text) =>
        string.Concat(text.Take(300).Select(character => char.IsControl(character) || char.IsSurrogate(character) ? '?' : character));

    private static string Describe(X509Certificate2 certificate) =>
        $"the certificate {Printable(certificate.Subject)} with the serial number {certificate.SerialNumber}";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
