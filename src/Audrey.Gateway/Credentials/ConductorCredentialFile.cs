using System.Text.Json;
using System.Text.Json.Nodes;
using Audrey.Core.Ids;
using Audrey.Hosting.Files;

namespace Audrey.Gateway.Credentials;

/// <summary>
/// The file in which a server keeps the credential that the cluster has made, for the command on the same machine. Only the owner of the
/// file can read it.
/// </summary>
internal sealed class ConductorCredentialFile(string dataDirectory)
{
    private const string FileName = "conductor.json";
    private const int LargestFile = 64 * 1024;

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetFullPath(dataDirectory), FileName);

    /// <summary>Reads the file. Returns null if there is none, after checking that its directory exists or can be created.</summary>
    /// <exception cref="IOException">The file cannot be read, or cannot be created. The message describes the remedy.</exception>
    public (ConductorKey Key, string Secret)? Read()
    {
        try
        {
            if (!File.Exists(Path))
            {
                OwnerOnlyFiles.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
                return null;
            }

            OwnerOnlyFiles.Restrict(Path);
            return Parse();
        }
        catch (Exception denied) when (denied is UnauthorizedAccessException or IOException and not UnreadableException)
        {
            throw Unmade(denied);
        }
    }

    /// <summary>Writes the file, in place of an earlier one. Readers see one of the two as a whole, even after a crash.</summary>
    /// <exception cref="IOException">The file cannot be written. The message describes the remedy.</exception>
    public void Write(ConductorKey key, string secret)
    {
        var next = $"{Path}.next";
        try
        {
            File.Delete(next);
            var credential = new JsonObject { ["key"] = key.Value, ["secret"] = secret };
            OwnerOnlyFiles.Create(next, file => file.Write(JsonSerializer.SerializeToUtf8Bytes(credential)));
            File.Move(next, Path, overwrite: true);
        }
        catch (Exception denied) when (denied is UnauthorizedAccessException or IOException)
        {
            throw Unmade(denied);
        }
    }

    private (ConductorKey Key, string Secret) Parse()
    {
        if (new FileInfo(Path).Length > LargestFile) throw new UnreadableException(Path, null);
        try
        {
            var file = JsonNode.Parse(File.ReadAllBytes(Path));
            var secret = (string?)file?["secret"];
            if (string.IsNullOrEmpty(secret)) throw new UnreadableException(Path, null);
            return (ConductorKey.Parse((string?)file!["key"] ?? ""), secret);
        }
        catch (Exception malformed) when (malformed is JsonException or FormatException or InvalidOperationException)
        {
            throw new UnreadableException(Path, malformed);
        }
    }

    private IOException Unmade(Exception cause) => new(
        $"The conductor's credential {Path} cannot be read or created: {cause.Message} Configure "
        + "Audrey:Conductors, or name a data directory that this user can write to (--Audrey:DataDirectory=DIR).",
        cause);

    private sealed class UnreadableException(string path, Exception? cause) : IOException(
        $"{path} is not a conductor's credential ({{\"key\": \"...\", \"secret\": \"...\"}}). Restore it from a backup, or delete it. "
        + "The next start then writes the cluster's credential to it.",
        cause);
}
