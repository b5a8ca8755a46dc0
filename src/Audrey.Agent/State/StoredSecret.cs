using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Files;

namespace Audrey.Agent.State;

/// <summary>The file <c>secret.json</c>, with mode 0600. It holds the secret that replaced the one in the user data.</summary>
internal sealed record SecretDocument
{
    public int Format { get; init; } = 1;

    /// <summary>A digest of the instance and of the secret in its user data. With other user data, the file does not count.</summary>
    public required string Identity { get; init; }

    public required string Secret { get; init; }

    /// <summary>Leaves the secret out.</summary>
    public override string ToString() => nameof(SecretDocument);
}

/// <summary>Keeps the secret that the server gave to this instance in exchange for the one in the user data.</summary>
/// <param name="state">The state directory.</param>
/// <param name="identity">Identifies the instance and the secret in its user data.</param>
/// <param name="log">Receives a warning if the file is damaged.</param>
internal sealed class StoredSecret(StateDirectory state, string identity, IAgentLog log)
{
    private readonly string _identity = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)));

    /// <summary>Returns the secret. Null if there is none for this instance and its user data.</summary>
    public string? Read()
    {
        if (!File.Exists(state.Secret)) return null;
        try
        {
            var document = JsonSerializer.Deserialize(File.ReadAllBytes(state.Secret), StateJson.Default.SecretDocument);
            return document is { Format: 1 } && document.Identity == _identity ? document.Secret : null;
        }
        catch (JsonException)
        {
            log.Write("The stored secret is damaged. The secret in the user data is used.");
            return null;
        }
    }

    /// <summary>Writes a secret to disk.</summary>
    public void Write(string secret)
    {
        var document = new SecretDocument { Identity = _identity, Secret = secret };
        AgentFiles.Write(state.Secret, JsonSerializer.SerializeToUtf8Bytes(document, StateJson.Default.SecretDocument));
    }

    /// <summary>Removes the secret, because the server does not accept it any more.</summary>
    public void Clear() => File.Delete(state.Secret);
}
