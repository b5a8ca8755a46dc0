using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Audrey.Hosting.Settings;

namespace Audrey.Server.Settings;

/// <summary>The settings of the keys that encrypt rows with secrets.</summary>
public sealed class SecretsSettings : IValidatableObject
{
    /// <summary>
    /// The directory of the keys that encrypt secrets. A missing directory is created with access for its owner only. All servers of a
    /// cluster share the directory.
    /// </summary>
    [Setting(Default = "`keys` in `Audrey:DataDirectory`")]
    public string KeysDirectory { get; set; } = "";

    /// <summary>The time for which a key encrypts rows before a new key is created. Old keys are kept and can still decrypt rows.</summary>
    [Range(typeof(TimeSpan), "7.00:00:00", "3650.00:00:00")]
    public TimeSpan KeyLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// PEM files, each with an RSA certificate and its key. Only the server may read these files. The first certificate encrypts new key
    /// files. All certificates are tried to decrypt a key file. Without an entry, only the mode of the directory protects the keys.
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
