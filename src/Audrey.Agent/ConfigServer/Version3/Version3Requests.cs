using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Audrey.Protocol.Version3;

namespace Audrey.Agent.ConfigServer.Version3;

/// <summary>
/// Sends requests of version 3. The bodies are JSON. Every request contains the instance's secret (HTTP Basic). The version negotiation
/// decides whether the secret may be sent. Every request can safely be sent twice.
/// </summary>
internal sealed class Version3Requests(ServerHttp http, ServerAccess access, InstanceSecret secret)
{
    private const string Json = "application/json";
    private const int Unauthorized = 401;

    private readonly string _base = BasePath(access);

    /// <summary>Whether the server has a new secret that this guest has not fetched yet.</summary>
    public bool HasNewSecret { get; private set; }

    /// <summary>Returns the common prefix of the instance's routes.</summary>
    public static string BasePath(ServerAccess access) => $"{Version3Routes.Prefix}/instances/{Uri.EscapeDataString(access.Id)}";

    public Task<ServerAnswer> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(CreateGet(path), cancellationToken);

    public Task<ServerAnswer> GetTarballAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(http.ForTarball(CreateGet(path)), cancellationToken);

    /// <summary>
    /// Sends a long poll. The server answers when the revision differs from the known revision, or when the wait is over.
    /// </summary>
    public Task<ServerAnswer> GetNewerAsync(string path, string knownRevision, TimeSpan wait, CancellationToken cancellationToken) =>
        SendAsync(CreateGet(path) with { KnownRevision = knownRevision, Wait = wait }, cancellationToken);

    public Task<ServerAnswer> PutAsync<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        PutAsync(path, JsonSerializer.SerializeToUtf8Bytes(body, type), cancellationToken);

    public Task<ServerAnswer> PutAsync(string path, byte[]? body, CancellationToken cancellationToken)
    {
        var request = new ServerRequest(HttpMethod.Put, http.Absolute(_base + path))
        {
            Accept = Json,
            Body = body,
            ContentType = body is null ? null : Json,
        };
        return SendAsync(request, cancellationToken);
    }

    /// <summary>Uses a secret that the server gave. It is on disk when this method returns.</summary>
    public void Replace(string newSecret)
    {
        secret.Replace(newSecret);
        HasNewSecret = false;
    }

    private async Task<ServerAnswer> SendAsync(ServerRequest request, CancellationToken cancellationToken)
    {
        var answer = await http.SendAsync(request with { Authorization = CredentialOf(secret.Current) }, cancellationToken);
        if (answer.Status == Unauthorized && secret.Other is { } other)
        {
            answer = await http.SendAsync(request with { Authorization = CredentialOf(other) }, cancellationToken);
            if (answer.Status != Unauthorized) secret.UseOriginal();
        }

        HasNewSecret |= answer.HasNewSecret;
        return answer;
    }

    private AuthenticationHeaderValue CredentialOf(string value) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{access.Id}:{value}")));

    private ServerRequest CreateGet(string path) => new(HttpMethod.Get, http.Absolute(_base + path));
}
