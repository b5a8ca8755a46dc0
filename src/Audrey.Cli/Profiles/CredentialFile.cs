using System.Text;
using System.Text.Json;
using Audrey.Cli.Exit;
using Audrey.Cli.Plans;

namespace Audrey.Cli.Profiles;

/// <summary>Reads files with a secret. A file must not be readable by other users.</summary>
internal static class CredentialFile
{
    /// <summary>Returns whether the file has the form of the server's <c>conductor.json</c>, with the key beside the secret.</summary>
    public static bool HasKey(string path) => path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a file in the form of the server's <c>conductor.json</c>.</summary>
    /// <exception cref="CommandFailure">The file cannot be used. The message says why.</exception>
    public static (string Key, string Secret) Read(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(PrivateFiles.Read(path));
            if (json.RootElement is { ValueKind: JsonValueKind.Object } root
                && TextOf(root, "key") is { Length: > 0 } key
                && TextOf(root, "secret") is { Length: > 0 } secret) return (key, secret);
        }
        catch (JsonException)
        {
            // The file is refused below with another message, because the exception's message can quote the file.
        }

        throw new CommandFailure(ExitCode.Usage, $"{path} is not a conductor's credential ({{\"key\": \"...\", \"secret\": \"...\"}}).");
    }

    /// <summary>Reads the secret of a file in either form.</summary>
    /// <exception cref="CommandFailure">The file cannot be used. The message says why.</exception>
    public static string ReadSecret(string path) => HasKey(path) ? Read(path).Secret : Encoding.UTF8.GetString(PrivateFiles.Read(path));

    private static string? TextOf(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
