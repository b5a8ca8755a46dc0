using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Audrey.Hosting.Settings;

namespace Audrey.Server.Settings;

/// <summary>The keys that rows with secrets are encrypted with.</summary>
public sealed class SecretsSettings : IValidatableObject
{
    /// <summary>
    /// The directory of the keys that secrets are encrypted with. It is created if it is missing, for its owner only. Servers of a cluster
    /// share it.
    /// </summary>
    [Setting(Default = "`keys` in `Audrey:DataDirectory`")]
    public string KeysDirectory { get; set; } = "";

    /// <summary>How long rows are encrypted with a key before a new one is created. Old keys stay and are still read.</summary>
    [Range(typeof(TimeSpan), "7.00:00:00", "3650.00:00:00")]
    public TimeSpan KeyLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// PEM files, each with an RSA certificate and its key, that only the server may read. The first one encrypts new key files, and each
    /// is tried to decrypt one. Without any, only the mode of the directory protects the keys.
    /// </summary>
    [Setting(Range = "PEM files")]
    public IList<string> Certificates { get; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var i = 0; i < Certificates.Count; i++)
            if (Problem(Certificates[i]) is { } problem)
                yield return SettingsCheck.Broken($"{nameof(Certificates)}:{i}", $"is '{Certificates[i]}', {problem}");
    }

    private static string? Problem(string path)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(path);
            using var key = certificate.GetRSAPrivateKey();
            return key is null ? "whose key is not RSA" : null;
        }
        catch (Exception unreadable)
            when (unreadable is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "which cannot be read as a PEM file with a certificate and its key";
        }
    }
}
