using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using Audrey.Abstractions;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Access;
using Audrey.Core.Ids;
using Audrey.Core.Replay;
using Audrey.Core.Statuses;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Audrey.EndToEnd.Tests.Access;

/// <summary>Sends requests as each identity. Every conductor owns a deployable.</summary>
internal sealed class Callers
{
    private const string RotatedKey = "rotated";
    private const string Wrong = "a wrong secret";
    private const string UnknownInstance = "an-unknown-instance";

    private static int _deployables;
    private static int _sources;
    private static ulong _marks;

    private readonly RunningServer _server;
    private readonly Dictionary<Identity, (string Key, string Secret)> _credentials = [];
    private readonly Dictionary<Identity, string> _deployableOf = [];
    private readonly ConcurrentDictionary<string, string> _digests = [];

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
        callers._credentials[Identity.Viewer] = ("viewer", await Add("viewer", ConductorRole.Viewer, "added"));
        callers._credentials[Identity.Administrator] = ("administrator", await Add("administrator", ConductorRole.Administrator, "added"));
        foreach (var owner in new[] { Identity.ConfiguredConductor, Identity.AddedConductor, Identity.NewSecret })
            callers._deployableOf[owner] = await callers.Register(owner);
        callers._deployableOf[Identity.OldSecret] = callers._deployableOf[Identity.NewSecret];
        callers._deployableOf[Identity.Viewer] = callers._deployableOf[Identity.AddedConductor];
        callers._deployableOf[Identity.Administrator] = callers._deployableOf[Identity.AddedConductor];
        var deployable = callers._deployableOf[Identity.ConfiguredConductor];
        callers._credentials[Identity.Guest] = (InstanceOf(deployable), ServerFixture.SecretOf(InstanceOf(deployable)));
        callers._credentials[Identity.GuestWithWrongSecret] = (InstanceOf(deployable), Wrong);
        callers._credentials[Identity.UnknownGuest] = (UnknownInstance, ServerFixture.SecretOf(UnknownInstance));
        callers._credentials[Identity.OtherGuest] = ($"{deployable}-1", ServerFixture.SecretOf($"{deployable}-1"));
        return callers;

        async Task<string> Add(string key, ConductorRole role = ConductorRole.Operator, string? actsFor = null) =>
            (await credentials.Add(
                ConductorKey.Parse(key), role, actsFor is null ? null : ConductorKey.Parse(actsFor), NewMark())).Secret!;
    }

    /// <summary>Calls a route. Returns whether the request was authorized, or the status of its refusal.</summary>
    public async Task<string> Call(VersionedRoute versioned, Identity identity, Scheme scheme)
    {
        var route = versioned.Pattern;
        var (method, pattern) = (HttpMethod.Parse(route.Split(' ')[0]), versioned.Name.Split(' ')[1]);
        var isOwner = _deployableOf.TryGetValue(identity, out var deployable);
        deployable ??= _deployableOf[Identity.ConfiguredConductor];
        if (isOwner && method == HttpMethod.Delete)
            deployable = await Register(identity == Identity.Viewer ? Identity.AddedConductor : identity);
        var conductor = route.StartsWith("PUT", StringComparison.Ordinal) || !pattern.Contains("{conductor}", StringComparison.Ordinal)
            ? $"other-{Interlocked.Increment(ref _deployables)}"
            : await AddConductor();
        var path = pattern
            .Replace("{deployable}", deployable, StringComparison.Ordinal)
            .Replace("/instances/{uuid}/definition", $"/instances/{ReplacedInstanceOf(deployable)}/definition", StringComparison.Ordinal)
            .Replace("/instances/{uuid}/replacement", $"/instances/{ReplacedInstanceOf(deployable)}/replacement", StringComparison.Ordinal)
            .Replace("{uuid}", identity == Identity.UnknownGuest ? UnknownInstance : InstanceOf(deployable), StringComparison.Ordinal)
            .Replace("{digest}", _digests[deployable], StringComparison.Ordinal)
            .Replace("{service}", "http", StringComparison.Ordinal)
            .Replace("{group}", "web", StringComparison.Ordinal)
            .Replace("{conductor}", conductor, StringComparison.Ordinal)
            .Replace("{documentName}", "v3", StringComparison.Ordinal)
            .Replace("{documentName?}", "", StringComparison.Ordinal);
        var status = await Send(method, path, BodyOf(route, deployable), identity, scheme);
        return status is 401 or 403 or 404 ? $"{status}" : status < 500 ? AccessRule.Allowed : $"failed with {status}";
    }

    private static RequestMark NewMark() => new(1, Interlocked.Increment(ref _marks), 0);

    private static string InstanceOf(string deployable) => $"{deployable}-0";

    /// <summary>Returns the instance for requests that replace an instance. No request is sent as the guest of this instance.</summary>
    private static string ReplacedInstanceOf(string deployable) => $"{deployable}-2";

    private static ByteArrayContent? BodyOf(string route, string deployable) => route switch
    {
        "POST /configs/{version}/{uuid}" =>
            Content("application/x-www-form-urlencoded", $"data={Uri.EscapeDataString(Document(deployable))}"),
        "PUT /v3/deployables/{deployable}" or "POST /v3/deployables/{deployable}/differences" =>
            Content("application/json", Body(deployable)),
        "PUT /v3/deployables/{deployable}/groups/{group}" => Content("application/json", """{"size":3}"""),
        "PUT /v3/deployables/{deployable}/launches/{digest}" => Content("application/json", """{ "name": "d", "instances": 3 }"""),
        "POST /v3/deployables/{deployable}/launches/{digest}/instances" => Content("application/x-ndjson", ""),
        "PUT /v3/deployables/{deployable}/instances/{uuid}/definition" =>
            Content("application/json", $$"""{ "name": "d", "instance": {{Instance(deployable, 2)}} }"""),
        "PUT /v3/deployables/{deployable}/instances/{uuid}" =>
            Content("application/json", $$"""{ "secret": "{{ServerFixture.SecretOf(InstanceOf(deployable))}}" }"""),
        "POST /v3/conductors/{conductor}/secret" or "POST /v3/deployables/{deployable}/instances/{uuid}/secret" =>
            Content("application/json", "{}"),
        _ when route.StartsWith("PUT /v3/", StringComparison.Ordinal) => Content("application/json", "{}"),
        _ => null,
    };

    private static ByteArrayContent Content(string type, string text) =>
        new(Encoding.UTF8.GetBytes(text)) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };

    private static string Document(string deployable) => ServerFixture.Document(
        InstanceOf(deployable), ServerFixture.Services(ServerFixture.Service("http")), deployable);

    private static string Body(string deployable) =>
        $$"""{ "name": "d", "instances": [ {{Instance(deployable, 0)}}, {{Instance(deployable, 1)}}, {{Instance(deployable, 2)}} ] }""";

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

    private async Task<string> AddConductor()
    {
        var key = $"listed-{Interlocked.Increment(ref _deployables)}";
        var added = await _server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret).Put($"/v3/conductors/{key}", "{}");
        Assert.True(added.Status == 200, $"{added.Status} {added.Text}");
        return key;
    }

    private async Task<string> Register(Identity owner)
    {
        var deployable = $"access-{Interlocked.Increment(ref _deployables)}";
        var (key, secret) = _credentials[owner];
        var conductor = _server.Basic(key, secret);
        var registered = await conductor.Put($"/v3/deployables/{deployable}", Body(deployable));
        Assert.True(registered.Status == 200, $"{owner}: {registered.Status} {registered.Text}");
        await conductor.Scale(deployable, "web", 3);
        var summary = BasicClient.Read(await conductor.Get($"/v3/deployables/{deployable}/summary"), StatusJson.Default.DeployableSummary);
        _digests[deployable] = summary.Launch!.Digest;
        return deployable;
    }

    private async Task<int> Send(HttpMethod method, string path, ByteArrayContent? content, Identity identity, Scheme scheme)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        if (_credentials.TryGetValue(identity, out var credential))
        {
            var isForm = content?.Headers.ContentType?.MediaType == "application/x-www-form-urlencoded";
            byte[] body = content is null ? [] : await content.ReadAsByteArrayAsync();
            var target = new OAuthTarget("http", _server.Endpoint.Authority, path);
            var header = scheme == Scheme.Basic
                ? $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.Key}:{credential.Secret}"))}"
                : new OAuthSigner(credential.Key, credential.Secret, TimeProvider.System)
                    .SignHeader(method.Method, target, isForm ? body : [], bodyHash: isForm ? null : OAuthSigner.HashBody(body));
            request.Headers.TryAddWithoutValidation("Authorization", header);
        }
        else
        {
            request.Headers.TryAddWithoutValidation("Authorization", scheme.ToString());
        }

        // Each request comes from another address, because wrong secrets are slowed for each source.
        request.Headers.Add("X-Forwarded-For", $"2001:db8:{Interlocked.Increment(ref _sources):x}::1");
        if (scheme == Scheme.Basic || path.StartsWith("/v3", StringComparison.Ordinal))
            request.Headers.Add("X-Forwarded-Proto", "https");
        using var answer = await _server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return (int)answer.StatusCode;
    }
}
