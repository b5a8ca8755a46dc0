using System.Net.Http.Headers;
using System.Text;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Audrey.EndToEnd.Tests.Access;

/// <summary>Sends requests as each identity. Every conductor owns a deployable with two instances.</summary>
internal sealed class Callers
{
    private const string RotatedKey = "rotated";
    private const string Wrong = "a wrong secret";

    private static int _deployables;
    private static ulong _marks;

    private readonly RunningServer _server;
    private readonly Dictionary<Identity, (string Key, string Secret)> _credentials = [];
    private readonly Dictionary<Identity, string> _deployableOf = [];

    private Callers(RunningServer server) => _server = server;

    public static async Task<Callers> Create(RunningServer server)
    {
        var callers = new Callers(server);
        var credentials = server.Services.GetRequiredService<IGrainFactory>().GetGrain<ICredentialsGrain>(GrainKeys.Credentials);
        var old = await Add(RotatedKey);
        var rotated = await credentials.Rotate(ConductorKey.Parse(RotatedKey), TimeSpan.FromHours(1), NewMark());
        var revoked = await Add("revoked");
        await credentials.Revoke(ConductorKey.Parse("revoked"));
        callers._credentials[Identity.UnknownKey] = ("unknown", Wrong);
        callers._credentials[Identity.WrongSecret] = (RunningServer.ConductorKey, Wrong);
        callers._credentials[Identity.RevokedConductor] = ("revoked", revoked);
        callers._credentials[Identity.ConfiguredConductor] = (RunningServer.ConductorKey, RunningServer.ConductorSecret);
        callers._credentials[Identity.AddedConductor] = ("added", await Add("added"));
        callers._credentials[Identity.OldSecret] = (RotatedKey, old);
        callers._credentials[Identity.NewSecret] = (RotatedKey, rotated.Secret!);
        callers._credentials[Identity.OtherConductor] = (RunningServer.OtherConductorKey, RunningServer.OtherConductorSecret);
        foreach (var owner in new[] { Identity.ConfiguredConductor, Identity.AddedConductor, Identity.NewSecret })
            callers._deployableOf[owner] = await callers.Register(owner);
        callers._deployableOf[Identity.OldSecret] = callers._deployableOf[Identity.NewSecret];
        var deployable = callers._deployableOf[Identity.ConfiguredConductor];
        callers._credentials[Identity.Guest] = (InstanceOf(deployable), ServerFixture.SecretOf(InstanceOf(deployable)));
        callers._credentials[Identity.OtherGuest] = ($"{deployable}-1", ServerFixture.SecretOf($"{deployable}-1"));
        return callers;

        async Task<string> Add(string key) => (await credentials.Add(ConductorKey.Parse(key), NewMark())).Secret!;
    }

    /// <summary>Calls a route. Returns whether the request was authorized, or the status of its refusal.</summary>
    public async Task<string> Call(string route, Identity identity, Scheme scheme)
    {
        var (method, pattern) = (HttpMethod.Parse(route.Split(' ')[0]), route.Split(' ')[1]);
        var isOwner = _deployableOf.TryGetValue(identity, out var deployable);
        deployable ??= _deployableOf[Identity.ConfiguredConductor];
        if (isOwner && method == HttpMethod.Delete) deployable = await Register(identity);
        var path = pattern
            .Replace("{version}", "2", StringComparison.Ordinal)
            .Replace("{deployable}", deployable, StringComparison.Ordinal)
            .Replace("{uuid}", InstanceOf(deployable), StringComparison.Ordinal)
            .Replace("{service}", "http", StringComparison.Ordinal)
            .Replace("{group}", "web", StringComparison.Ordinal)
            .Replace("{documentName}", "v3", StringComparison.Ordinal)
            .Replace("{documentName?}", "", StringComparison.Ordinal);
        var status = await Send(method, path, BodyOf(route, deployable), identity, scheme);
        return status is 401 or 403 or 404 ? $"{status}" : status < 500 ? AccessRule.Allowed : $"failed with {status}";
    }

    private static RequestMark NewMark() => new(1, Interlocked.Increment(ref _marks), 0);

    private static string InstanceOf(string deployable) => $"{deployable}-0";

    private static ByteArrayContent? BodyOf(string route, string deployable) => route switch
    {
        "POST /configs/{version}/{uuid}" =>
            Content("application/x-www-form-urlencoded", $"data={Uri.EscapeDataString(Document(deployable))}"),
        "PUT /v3/deployables/{deployable}" => Content("application/json", Body(deployable)),
        "PUT /v3/deployables/{deployable}/groups/{group}" => Content("application/json", """{"size":2}"""),
        "PUT /v3/deployables/{deployable}/instances/{uuid}" =>
            Content("application/json", $$"""{ "secret": "{{ServerFixture.SecretOf(InstanceOf(deployable))}}" }"""),
        _ when route.StartsWith("PUT /v3/", StringComparison.Ordinal) => Content("application/json", "{}"),
        _ => null,
    };

    private static ByteArrayContent Content(string type, string text) =>
        new(Encoding.UTF8.GetBytes(text)) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };

    private static string Document(string deployable) => ServerFixture.Document(
        InstanceOf(deployable), ServerFixture.Services(ServerFixture.Service("http")), deployable);

    private static string Body(string deployable) =>
        $$"""{ "name": "d", "instances": [ {{Instance(deployable, 0)}}, {{Instance(deployable, 1)}} ] }""";

    private static string Instance(string deployable, int ordinal)
    {
        var (id, secret) = ($"{deployable}-{ordinal}", ServerFixture.SecretOf($"{deployable}-{ordinal}"));
        return $$"""
            {
              "id": "{{id}}", "assembly": "web", "ordinal": {{ordinal}}, "secret": "{{secret}}",
              "services": [ { "name": "http", "executable": { "fileName": "start", "contents": "#!/bin/sh\n" } } ]
            }
            """;
    }

    private async Task<string> Register(Identity owner)
    {
        var deployable = $"access-{Interlocked.Increment(ref _deployables)}";
        var (key, secret) = _credentials[owner];
        var registered = await _server.Basic(key, secret).Put($"/v3/deployables/{deployable}", Body(deployable));
        Assert.True(registered.Status == 200, $"{owner}: {registered.Status} {registered.Text}");
        return deployable;
    }

    private async Task<int> Send(HttpMethod method, string path, ByteArrayContent? content, Identity identity, Scheme scheme)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        if (_credentials.TryGetValue(identity, out var credential))
        {
            var isForm = content?.Headers.ContentType?.MediaType == "application/x-www-form-urlencoded";
            byte[] form = isForm ? await content!.ReadAsByteArrayAsync() : [];
            var header = scheme == Scheme.Basic
                ? $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.Key}:{credential.Secret}"))}"
                : new OAuthSigner(credential.Key, credential.Secret, TimeProvider.System)
                    .SignHeader(method.Method, new OAuthTarget("http", _server.Endpoint.Authority, path), form);
            request.Headers.TryAddWithoutValidation("Authorization", header);
        }
        else
        {
            request.Headers.TryAddWithoutValidation("Authorization", scheme.ToString());
        }

        using var answer = await _server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return (int)answer.StatusCode;
    }
}
