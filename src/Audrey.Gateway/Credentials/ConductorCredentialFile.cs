using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Audrey.Abstractions.Credentials;
using Audrey.Core.Access;
using Audrey.Core.Ids;
using Audrey.Core.Secrets;
using Audrey.Hosting.Files;

namespace Audrey.Gateway.Credentials;

/// <summary>
/// The file with the credential that is created if no conductor is configured. Only the owner of the file can read the file.
/// </summary>
internal static class ConductorCredentialFile
{
    private const string FileName = "conductor.json";
    private const int LargestFile = 64 * 1024;

    public static string PathIn(string dataDirectory) => Path.Combine(Path.GetFullPath(dataDirectory), FileName);

    /// <summary>
    /// Reads the credential. Creates a credential if there is no file yet. If two processes create a credential, the first one wins and
    /// both processes use it.
    /// </summary>
    /// <exception cref="IOException">The credential can be neither read nor created. The message describes the remedy.</exception>
    public static ConductorCredential ReadOrMake(string path)
    {
        try
        {
            if (!File.Exists(path)) Make(path);
            OwnerOnlyFiles.Restrict(path);
            return Read(path);
        }
        catch (UnauthorizedAccessException denied)
        {
            throw Unmade(path, denied);
        }
    }

    private static ConductorCredential Read(string path)
    {
        if (new FileInfo(path).Length > LargestFile) throw Unreadable(path, null);
        try
        {
            var file = JsonNode.Parse(File.ReadAllBytes(path));
            var secret = (string?)file?["secret"];
            if (string.IsNullOrEmpty(secret)) throw Unreadable(path, null);
            return new ConductorCredential(ConductorKey.Parse((string?)file!["key"] ?? ""), secret, ConductorRole.Administrator);
        }
        catch (Exception malformed) when (malformed is JsonException or FormatException or InvalidOperationException)
        {
            throw Unreadable(path, malformed);
        }
    }

    private static void Make(string path)
    {
        try
        {
            OwnerOnlyFiles.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (IOException impossible)
        {
            throw Unmade(path, impossible);
        }

        var credential = new JsonObject
        {
            ["key"] = "conductor-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)),
            ["secret"] = NewSecret.Create(),
        };
        try
        {
            OwnerOnlyFiles.Create(path, file => file.Write(JsonSerializer.SerializeToUtf8Bytes(credential)));
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process has created the file in the meantime. Both processes use the credential in that file.
        }
    }

    private static IOException Unmade(string path, Exception cause) => new(
        $"The conductor's credential {path} cannot be read or created: {cause.Message} Configure "
        + "Audrey:Conductors, or name a data directory that this user can write to (--Audrey:DataDirectory=DIR).",
        cause);

    private static IOException Unreadable(string path, Exception? cause) => new(
        $"{path} is not a conductor's credential ({{\"key\": \"...\", \"secret\": \"...\"}}). Restore it from a backup, or delete it. "
        + "The next start then creates a new one.",
        cause);
}
