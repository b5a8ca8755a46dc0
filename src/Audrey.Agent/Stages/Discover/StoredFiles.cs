using System.Text;
using Audrey.Agent.Stages.Discover.Sources;
using Audrey.Agent.Yaml;

namespace Audrey.Agent.Stages.Discover;

/// <summary>
/// The files for this program that a cloud-config stores with <c>write_files</c>. Without cloud-init, nobody stores them, so this program
/// reads them from the cloud-config.
/// </summary>
internal static class StoredFiles
{
    /// <summary>The path of the certificate authorities of the server, in PEM.</summary>
    public const string CaPath = "/etc/audrey-instance-config/ca.pem";

    private const string Section = "write_files";

    /// <summary>Returns the contents of both files. Null for a file that the cloud-config does not store.</summary>
    /// <exception cref="StrictYamlException">The section cannot be read.</exception>
    /// <exception cref="UserDataException">The certificate authorities are empty, too large, damaged or not text.</exception>
    public static (byte[]? UserData, string? CaCertificates) Read(string text, bool isTemplate)
    {
        // A section with files of others only may have elements that this program rejects.
        string[] paths = [KnownSources.StoredUserData, CaPath];
        if (!paths.Any(path => text.Contains(path, StringComparison.Ordinal))) return default;
        if (CloudConfigSection.Find(text, Section, isTemplate) is not TypedList files) return default;
        (byte[]? UserData, string? CaCertificates) found = default;
        foreach (var file in files.Items.OfType<TypedMap>())
        {
            switch ((file["path"] as TypedScalar)?.Text)
            {
                case KnownSources.StoredUserData:
                    found.UserData = Content(file);
                    break;
                case CaPath:
                    found.CaCertificates = ReadCa(file);
                    break;
            }
        }

        return found;
    }

    private static string ReadCa(TypedMap file)
    {
        try
        {
            return UserDataText.Decode(Content(file));
        }
        catch (UserDataException problem)
        {
            throw problem.In($"the file {CaPath}");
        }
    }

    /// <summary>Returns the content of a file. It can still be compressed.</summary>
    private static byte[] Content(TypedMap file)
    {
        if (file["content"] is not TypedScalar content) throw StrictYamlException.At(file, "the file has no content");
        switch ((file["encoding"] as TypedScalar)?.Text.ToLowerInvariant() ?? "text/plain")
        {
            case "text/plain":
                return Encoding.UTF8.GetBytes(content.Text);
            case "b64" or "base64" or "gz+b64" or "gzip+b64" or "gz+base64" or "gzip+base64":
                var bytes = new byte[content.Text.Length];
                return Convert.TryFromBase64String(content.Text, bytes, out var length)
                    ? bytes[..length]
                    : throw StrictYamlException.At(content, "the content is not base64");
            default:
                throw StrictYamlException.At(file, "the encoding is not text/plain, b64 or gz+b64");
        }
    }
}
