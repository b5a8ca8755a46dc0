using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Npgsql;

namespace Audrey.Storage.PostgreSql;

/// <summary>Explains why the certificate of a PostgreSQL server was refused. The error of Npgsql does not name the certificate.</summary>
internal static class ServerCertificate
{
    /// <summary>Returns whether a connection failed because the server's certificate was refused.</summary>
    public static bool IsRefusal(Exception exception) => exception is NpgsqlException { InnerException: AuthenticationException };

    /// <summary>
    /// Connects again, without a password and only until the server has shown its certificate, and compares the certificate with the
    /// settings.
    /// </summary>
    /// <returns>Which certificate was refused and why. Null if that cannot be found out.</returns>
    public static async Task<string?> ExplainAsync(string connectionString, CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        var probe = new NpgsqlConnectionStringBuilder(connectionString)
        {
            SslMode = SslMode.Require,
            RootCertificate = null,
            Password = null,
            Pooling = false,
        };
        string? explanation = null;
        try
        {
            var builder = new NpgsqlDataSourceBuilder(probe.ConnectionString);
            builder.UseSslClientAuthenticationOptionsCallback(tls => tls.RemoteCertificateValidationCallback = (_, shown, chain, errors) =>
            {
                if (shown is X509Certificate2 certificate) explanation = Explain(certificate, chain, errors, settings);
                return false;
            });
            await using var source = builder.Build();
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException and not OperationCanceledException)
        {
            // The connection always fails, because the certificate is never accepted here.
        }

        return explanation;
    }

    private static string? Explain(
        X509Certificate2 certificate, X509Chain? shown, SslPolicyErrors errors, NpgsqlConnectionStringBuilder settings)
    {
        var reasons = Reasons(certificate, shown, settings).ToList();
        if (settings.SslMode == SslMode.VerifyFull && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            reasons.Add($"it is for {string.Join(", ", Names(certificate))}, not for '{settings.Host}'");
        return reasons.Count == 0 ? null : $"its certificate '{certificate.Subject}' is refused: {string.Join("; ", reasons)}";
    }

    private static IEnumerable<string> Reasons(X509Certificate2 certificate, X509Chain? shown, NpgsqlConnectionStringBuilder settings)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in shown?.ChainElements.AsEnumerable() ?? []) chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        if (!string.IsNullOrEmpty(settings.RootCertificate))
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(settings.RootCertificate);
        }

        if (chain.Build(certificate)) yield break;
        var statuses = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        const X509ChainStatusFlags Untrusted = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;
        if ((statuses & Untrusted) != 0)
        {
            yield return $"its issuer '{certificate.Issuer}' is not among the authorities "
                + (string.IsNullOrEmpty(settings.RootCertificate) ? "that this machine trusts" : $"in '{settings.RootCertificate}'");
        }

        if (statuses.HasFlag(X509ChainStatusFlags.NotTimeValid))
            yield return $"it is valid from {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u}";
        if ((statuses & ~(Untrusted | X509ChainStatusFlags.NotTimeValid)) is var others and not X509ChainStatusFlags.NoError)
            yield return $"{others}";
    }

    private static IEnumerable<string> Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return names is null
            ? [$"'{certificate.GetNameInfo(X509NameType.DnsName, forIssuer: false)}'"]
            : names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => $"{address}")).Select(name => $"'{name}'");
    }
}
