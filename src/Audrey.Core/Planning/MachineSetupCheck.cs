namespace Audrey.Core.Planning;

/// <summary>Finds what cloud-init could not use in a machine setup.</summary>
internal static class MachineSetupCheck
{
    private const string KeyBlock = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
    private const string CertificateBlock = "-----BEGIN CERTIFICATE-----";

    /// <summary>Adds a finding for each problem. Findings do not repeat the contents of files.</summary>
    public static void Check(MachineSetup setup, PlanFindings findings)
    {
        if (setup.UserDataBase is { } text && !UserDataParts.IsKnown(text))
            findings.Add(null, "cloud-init does not recognise the user data base; its first line must be one of: "
                + $"{string.Join(", ", UserDataParts.FirstLines)}, or the header of a MIME message");
        if (setup.CaCertificates is { } authorities && !authorities.Contains(CertificateBlock, StringComparison.Ordinal))
            findings.Add(null, "the certificate authorities for guests hold no certificate in PEM (BEGIN CERTIFICATE)");
        if (setup.RepositoryKey is { } key && !key.Contains(KeyBlock, StringComparison.Ordinal))
            findings.Add(null, "the key of the repository is not an armored OpenPGP public key (BEGIN PGP PUBLIC KEY BLOCK); "
                + "gpg --armor --export writes one");
        if (setup.AptRepository is { } line) CheckApt(line, setup, findings);
        if (setup.YumRepository is { } url) CheckYum(url, setup, findings);
    }

    private static void CheckApt(string line, MachineSetup setup, PlanFindings findings)
    {
        if (!line.StartsWith("deb ", StringComparison.Ordinal) || line.Any(char.IsControl))
            findings.Add(null, "the apt repository is not a line of sources.list; write deb URL SUITE COMPONENT");
        else if (setup.RepositoryKey is null && !NamesTrust(line))
            findings.Add(null, "the apt repository has no key, so apt refuses it; give its key, or write deb [trusted=yes] URL SUITE");
    }

    /// <summary>Returns whether the options of a line make apt accept the repository without a key in the cloud-config.</summary>
    private static bool NamesTrust(string line) =>
        line.StartsWith("deb [", StringComparison.Ordinal) && line.IndexOf(']', StringComparison.Ordinal) is > 0 and var end
        && (line[..end].Contains("trusted=yes", StringComparison.Ordinal) || line[..end].Contains("signed-by=", StringComparison.Ordinal));

    private static void CheckYum(string url, MachineSetup setup, PlanFindings findings)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https" or "file"))
            findings.Add(null, "the yum repository is not an http, https or file URL");
        if (setup.RepositoryKey is null)
            findings.Add(null, "the yum repository has no key, so its packages cannot be verified; give its key");
    }
}
