using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Audrey.EndToEnd.Tests.Crash;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Authentication;

namespace Audrey.EndToEnd.Tests.Server;

/// <summary>
/// The server logs everything that settings can enable. Neither a secret nor a signature nor a value of any request is in its output.
/// </summary>
[Collection(ProcessTests.Name)]
public sealed partial class LogLeakTests : IDisposable
{
    private const string GuestSecret = "hush-secret-of-the-guest";
    private const string WrongSecret = "hush-wrong-secret";
    private const string NewSecret = "hush-secret-of-the-replacement";
    private const string SourceSecret = "hush-secret-in-a-url";
    private const string Given = "hush-given-value";
    private const string Script = "hush-script";
    private const string Malformed = "hush-malformed";

    // The longest name of a category decides, so the names that the server restricts are set as well.
    private static readonly string[] Verbose =
    [
        "--Logging:LogLevel:Default=Trace", "--Logging:LogLevel:Microsoft.AspNetCore=Trace",
        "--Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics=Trace",
        "--Logging:LogLevel:Microsoft.AspNetCore.Server.Kestrel=Trace",
        "--Logging:LogLevel:Microsoft.AspNetCore.Server.Kestrel.BadRequests=Trace",
        "--Logging:LogLevel:Orleans=Trace", "--Logging:LogLevel:Polly=Trace", "--Logging:LogLevel:System=Trace",
        "--Logging:Console:LogLevel:Default=Trace", "--Logging:CaptureScopes=true",
        "--Logging:Console:FormatterOptions:IncludeScopes=true",
    ];

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Neither_a_secret_nor_a_signature_nor_a_value_is_in_the_most_verbose_log()
    {
        await using var server = await ServerProcess.Start([$"--Audrey:DataDirectory={_directory.Path}", .. Verbose]);
        using var recorder = new Recorder();
        using var http = new HttpClient(recorder) { BaseAddress = server.Endpoint };
        var secrets = new List<string>
        {
            ServerProcess.ConductorSecret, GuestSecret, WrongSecret, NewSecret, SourceSecret, Given, Script, Malformed,
        };

        secrets.AddRange(await PlayConductor(http));
        await PlayGuest(http);
        await PlayMalformed(server.Endpoint);
        await server.RequestStop();
        Assert.Equal(0, await server.WaitForEnd());

        var log = server.Log.Text;
        Assert.Contains("trce", log, StringComparison.Ordinal);
        Assert.True(recorder.Signatures.Count >= 12, $"Only {recorder.Signatures.Count} signatures were sent");
        string[] shown =
        [
            .. secrets.Concat(secrets.Select(Base64)).Concat(recorder.Signatures)
                .Where(secret => log.Contains(secret, StringComparison.Ordinal)),
        ];
        Assert.True(shown.Length == 0, Excerpts(log, shown));
    }

    /// <summary>Calls the routes of conductors whose requests or answers have secrets. Returns the secrets in the answers.</summary>
    private static async Task<IEnumerable<string>> PlayConductor(HttpClient http)
    {
        const string Key = ServerProcess.ConductorKey;
        var signing = new SignedClient(http, new OAuthSigner(Key, ServerProcess.ConductorSecret, TimeProvider.System));
        var basic = new BasicClient(http, Key, ServerProcess.ConductorSecret);
        var content = ServerFixture.Provides("value")
            + $"<services><service name=\"s\"><executable><contents>{Script}</contents></executable>"
            + $"<parameters>{ServerFixture.Value("password", Given)}</parameters></service></services>";
        Assert.Equal(200, (await signing.Post("/configs/2/web", ServerFixture.Document("web", content, "d", GuestSecret))).Status);
        var source = $"http://127.0.0.1:1/script?key={SourceSecret}";
        var fetched = $"<services><service name=\"s\"><executable url=\"{source}\"/></service></services>";
        Assert.Equal(200, (await signing.Post("/configs/2/db", ServerFixture.Document("db", fetched, "d", GuestSecret))).Status);
        Assert.Equal(200, (await signing.Get("/auth")).Status);
        var wrong = new SignedClient(http, new OAuthSigner(Key, WrongSecret, TimeProvider.System));
        Assert.Equal(401, (await wrong.Post("/configs/2/web", ServerFixture.Document("web", "", "d", NewSecret))).Status);
        Assert.Equal(401, (await new BasicClient(http, Key, WrongSecret).Get("/v3/deployables")).Status);

        var body = $$"""
            { "name": "e", "instances": [ { "id": "app", "assembly": "app", "secret": "{{GuestSecret}}", "provides": ["value"],
              "services": [ { "name": "s", "executable": { "fileName": "start", "contents": "{{Script}}" } } ] } ] }
            """;
        var registered = await basic.Put("/v3/deployables/e", body);
        Assert.True(registered.Status == 200, registered.Text);
        var replaced = await basic.Put("/v3/deployables/e/instances/app", $$"""{ "secret": "{{NewSecret}}" }""");
        Assert.True(replaced.Status is 200 or 204, replaced.Text);
        var added = await basic.Put("/v3/conductors/added", "{}");
        Assert.Equal(200, added.Status);
        var rotated = await basic.Send(HttpMethod.Post, "/v3/conductors/added/secret", Json("{}"));
        Assert.Equal(200, rotated.Status);
        var renewed = await basic.Send(HttpMethod.Post, "/v3/deployables/e/instances/app/replacement", Json("{}"));
        Assert.True(renewed.Status == 200, renewed.Text);
        var issued = await basic.Send(HttpMethod.Post, "/v3/deployables/d/instances/web/secret", Json("""{ "overlapSeconds": 3600 }"""));
        Assert.True(issued.Status == 200, issued.Text);
        return new[] { added, rotated, renewed, issued }
            .SelectMany(answer => SecretMember().Matches(answer.Text).Select(match => match.Groups["secret"].Value));
    }

    /// <summary>Calls the routes of guests, with the right secret and with wrong ones.</summary>
    private static async Task PlayGuest(HttpClient http)
    {
        foreach (var secret in new[] { GuestSecret, WrongSecret })
        {
            var signing = new SignedClient(http, new OAuthSigner("web", secret, TimeProvider.System));
            await signing.Get("/configs/2/web");
            await signing.GetByHeader("/configs/2/web");
            await signing.Get("/configs/9/web");
            await signing.Get("/files/2/web");
            await signing.Put("/params/2/web", $"|value&{Base64(Given)}|");
            await signing.PutUnsignedBody("/params/2/web", $"|value&{Base64(Given)}|");
            await signing.Put("/params/2/web", $"|value&{Base64(Given)}!|");
            var basic = new BasicClient(http, "web", secret);
            await basic.GetOwn("hello");
            await basic.GetOwn("configuration");
            await basic.GetOwn("secret");
            await basic.Give(1, ("value", Given));
            await basic.PutOwn("services/s", new()
            {
                ["generation"] = 1,
                ["run"] = 1,
                ["state"] = "ended",
                ["exitStatus"] = 1,
                ["output"] = Given,
            });
        }
    }

    /// <summary>Sends requests that are no valid HTTP. Parts of such requests are in the error messages of the HTTP server.</summary>
    private static async Task PlayMalformed(Uri endpoint)
    {
        string[] requests =
        [
            $"GET /configs/2/web?oauth_signature={Malformed} HTTP/7.7\r\n\r\n",
            $"GET /configs/2/web?oauth_signature={Malformed}\u0001 HTTP/1.1\r\nHost: a\r\n\r\n",
            $"GET /configs/2/web HTTP/1.1\r\nHost: a\r\nAuthorization Basic {Malformed}\r\n\r\n",
            $"GET /configs/2/web HTTP/1.1\r\nHost: {Malformed} b\r\nAuthorization: Basic {Malformed}\r\n\r\n",
            $"{Malformed} \r\n\r\n",
            $"PUT /params/2/web HTTP/1.1\r\nHost: a\r\nContent-Length: {Malformed}\r\n\r\n",
            $"PUT /params/2/web HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{Malformed}\r\n",
        ];
        foreach (var request in requests)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(endpoint.Host, endpoint.Port);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
            client.Client.Shutdown(SocketShutdown.Send);
            await stream.CopyToAsync(Stream.Null).Within("the end of a connection with a malformed request");
        }
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Excerpts(string log, IEnumerable<string> shown) => string.Join(
        Environment.NewLine,
        from secret in shown
        from line in log.Split('\n').Where(line => line.Contains(secret, StringComparison.Ordinal)).Take(3)
        select $"{secret} is in: {line[..Math.Min(line.Length, 600)]}");

    [GeneratedRegex(""" "secret":\s*"(?<secret>[^"]+)" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex SecretMember();

    /// <summary>Records the credentials of all requests as they are sent.</summary>
    private sealed partial class Recorder() : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        public HashSet<string> Signatures { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var header = request.Headers.NonValidated.TryGetValues("Authorization", out var values) ? values.ToString() : "";
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            foreach (var text in new[] { header, request.RequestUri!.OriginalString, body })
            {
                foreach (var signature in Signature().Matches(text).Select(match => match.Groups["value"].Value))
                {
                    Signatures.Add(signature);
                    Signatures.Add(Uri.UnescapeDataString(signature));
                }
            }

            if (header.StartsWith("Basic ", StringComparison.Ordinal)) Signatures.Add(header["Basic ".Length..]);
            return await base.SendAsync(request, cancellationToken);
        }

        [GeneratedRegex("""oauth_signature="?(?<value>[A-Za-z0-9%+/=]{20,})""")]
        private static partial Regex Signature();
    }
}
