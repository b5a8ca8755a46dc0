using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Audrey.Agent.UserData;
using Audrey.Protocol.Version3;

namespace Audrey.Agent.PhoneHome;

/// <summary>Requests of version 3: JSON, with the instance's secret in each (HTTP Basic). Only made where that may be, see <see cref="Negotiation"/>.</summary>
internal sealed class Version3Requests(ServerHttp http, ServerAccess access)
{
    private const string Json = "application/json";

    private readonly string _base = BaseOf(access);

    private readonly AuthenticationHeaderValue _credential = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{access.Id}:{access.Secret}")));

    /// <summary>The path that all of an instance's routes begin with.</summary>
    public static string BaseOf(ServerAccess access) => $"{Version3Routes.Prefix}/instances/{Uri.EscapeDataString(access.Id)}";

    public Task<ServerAnswer> GetAsync(string path, CancellationToken cancellationToken) => http.SendAsync(Get(path), cancellationToken);

    public Task<ServerAnswer> GetTarballAsync(string path, CancellationToken cancellationToken) =>
        http.SendAsync(http.ForTarball(Get(path)), cancellationToken);

    /// <summary>GET that is answered when there is something newer than the revision known, or when the wait is over.</summary>
    public Task<ServerAnswer> GetNewerAsync(string path, string known, TimeSpan wait, CancellationToken cancellationToken) =>
        http.SendAsync(Get(path) with { Known = known, Wait = wait }, cancellationToken);

    public Task<ServerAnswer> PutAsync<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        PutAsync(path, JsonSerializer.SerializeToUtf8Bytes(body, type), cancellationToken);

    public Task<ServerAnswer> PutAsync(string path, byte[]? body, CancellationToken cancellationToken) => http.SendAsync(
        new ServerRequest(HttpMethod.Put, http.Absolute(_base + path)) { Accept = Json, Authorization = _credential, Body = body, ContentType = body is null ? null : Json },
        cancellationToken);

    private ServerRequest Get(string path) => new(HttpMethod.Get, http.Absolute(_base + path)) { Authorization = _credential };
}
