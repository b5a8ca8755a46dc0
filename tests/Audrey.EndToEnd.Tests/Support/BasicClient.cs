using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Audrey.Protocol.Version3;

namespace Audrey.EndToEnd.Tests.Support;

/// <summary>A guest or a conductor of version 3.</summary>
public sealed class BasicClient(HttpClient http, string user, string secret)
{
    private readonly AuthenticationHeaderValue _credential =
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{secret}")));

    public string Uuid => user;

    public Task<Answer> Get(string path, string? revision = null) => Send(HttpMethod.Get, path, null, revision);

    public Task<Answer> Delete(string path) => Send(HttpMethod.Delete, path, null);

    public Task<Answer> Put(string path, string json) =>
        Send(HttpMethod.Put, path, new StringContent(json, Encoding.UTF8, "application/json"));

    public async Task<Answer> Send(
        HttpMethod method, string path, HttpContent? content, string? revision = null, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        request.Headers.Authorization = _credential;
        if (revision is not null) request.Headers.TryAddWithoutValidation("If-None-Match", $"\"{revision}\"");
        if (idempotencyKey is not null) request.Headers.Add(Version3Routes.IdempotencyKeyHeader, idempotencyKey);
        return await Answer.Receive(http, request);
    }

    /// <summary>Gets a resource of this guest's instance.</summary>
    public Task<Answer> GetOwn(string resource, string? revision = null) => Get($"/v3/instances/{Uuid}/{resource}", revision);

    /// <summary>Puts a resource of this guest's instance.</summary>
    public Task<Answer> PutOwn(string resource, JsonObject body) => Put($"/v3/instances/{Uuid}/{resource}", body.ToJsonString());

    public async Task<Hello> Hello() => Read(await GetOwn("hello"), Version3Json.Default.Hello);

    public async Task<Configuration> Configuration() => Read(await GetOwn("configuration"), Version3Json.Default.Configuration);

    public Task<Answer> Give(long revision, params (string Name, JsonNode? Value)[] values) => PutOwn("values", new JsonObject
    {
        ["generation"] = 1,
        ["revision"] = revision,
        ["values"] = new JsonObject(values.Select(value => KeyValuePair.Create(value.Name, value.Value))),
    });

    public static T Read<T>(Answer answer, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        Assert.True(answer.Status == 200, $"{answer.Status}: {answer.Text}");
        return JsonSerializer.Deserialize(answer.Body, type) ?? throw new InvalidOperationException("The body is null.");
    }

    public static Problem Problem(Answer answer, int status)
    {
        Assert.True(answer.Status == status, $"{answer.Status}: {answer.Text}");
        Assert.Equal("application/problem+json", answer.ContentType);
        var problem = JsonSerializer.Deserialize(answer.Body, Version3Json.Default.Problem)
            ?? throw new InvalidOperationException("The body is null.");
        Assert.Equal(status, problem.Status);
        return problem;
    }
}
