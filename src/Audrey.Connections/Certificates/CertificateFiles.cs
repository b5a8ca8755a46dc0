using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using Audrey.Hosting.Settings;

namespace Audrey.Connections.Certificates;

/// <summary>The PEM files of one side of a TLS connection.</summary>
/// <param name="Authorities">
/// The file with the certificates of the CAs that the other side's certificate may come from. Empty if the other side has none.
/// </param>
/// <param name="Certificate">The file with this side's certificate, followed by the intermediate certificates.</param>
/// <param name="Key">The file with the key of the certificate. Empty if the key is in the same file as the certificate.</param>
public sealed record CertificateFiles(string Authorities, string Certificate, string Key)
{
    /// <summary>
    /// Returns the reasons why the files cannot be used. Each reason is a broken rule of the setting that has the name of the parameter.
    /// </summary>
    public IEnumerable<ValidationResult> Problems(TimeProvider time)
    {
        if (Authorities.Length == 0)
            yield return SettingsCheck.Broken(nameof(Authorities), "is empty; name the PEM file with the certificates of the CAs");
        if (Certificate.Length == 0)
            yield return SettingsCheck.Broken(nameof(Certificate), "is empty; name the PEM file with the certificate of this side");
        if (Authorities.Length > 0 && Certificate.Length > 0 && FindProblem(time) is { } problem)
            yield return SettingsCheck.Broken(problem.Setting, problem.Problem);
    }

    /// <summary>Reads the files.</summary>
    /// <returns>The certificates, and a digest of the contents of the files.</returns>
    /// <exception cref="UnusableCertificateException">A file cannot be read, or its certificate cannot be used.</exception>
    internal (LoadedCertificates Certificates, string Digest) Load(TimeProvider time)
    {
        var texts = ReadAll();
        return (LoadedCertificates.Parse(this, texts[0], texts[1], texts[2], time.GetUtcNow()), Digest(texts));
    }

    /// <summary>Returns a digest of the contents of the files. It changes when a file is replaced.</summary>
    /// <exception cref="UnusableCertificateException">A file cannot be read.</exception>
    internal string ReadDigest() => Digest(ReadAll());

    private UnusableCertificateException? FindProblem(TimeProvider time)
    {
        try
        {
            Load(time).Certificates.Dispose();
            return null;
        }
        catch (UnusableCertificateException unusable)
        {
            return unusable;
        }
    }

    private string[] ReadAll() =>
    [
        Authorities.Length == 0 ? "" : Read(nameof(Authorities), Authorities),
        Read(nameof(Certificate), Certificate),
        Key.Length == 0 ? "" : Read(nameof(Key), Key),
    ];

    private static string Digest(string[] texts) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', texts))));

    private static string Read(string setting, string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UnusableCertificateException(setting, $"is '{path}', which cannot be read: {unreadable.Message.TrimEnd('.')}");
        }
    }
}
