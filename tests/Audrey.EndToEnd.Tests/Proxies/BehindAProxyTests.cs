using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Authentication;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Proxies;

/// <summary>Runs guests and conductors through the proxies of Debian, with the examples of docs/behind-a-proxy.md.</summary>
public sealed class BehindAProxyTests
{
    private const string PathBase = "/configserver";

    /// <summary>The virtual host that came with the config server of 2012. It sets the scheme in a header with underscores.</summary>
    private const string VirtualHostOf2012 = """
        <VirtualHost *:443>
          ServerName config.example.com
          SSLEngine on
          SSLCertificateFile /etc/ssl/config.example.com.pem
          SSLCertificateKeyFile /etc/ssl/config.example.com.key
          ProxyPreserveHost On
          RequestHeader set X_FORWARDED_PROTO 'https'
          ProxyPass / http://127.0.0.1:4567/
          ProxyPassReverse / http://127.0.0.1:4567/
        </VirtualHost>
        """;

    [Theory]
    [InlineData("apache")]
    [InlineData("nginx")]
    [InlineData("haproxy")]
    public async Task A_deployable_is_configured_under_the_path_of_a_proxy_as_documented(string program)
    {
        await using var server = await RunningServer.Start(
            "--Audrey:Proxies:0=127.0.0.1", $"--Audrey:Gateway:PathBase={PathBase}", "--Audrey:Gateway:BasicWithoutTls=false");
        await using var proxy = await ProxyProcess.Start(program, Example(program), server.Endpoint);
        using var http = proxy.Connect();

        await Configure(http, PathBase, NewId("web of the proxy"));

        // The document and its page know the path, too.
        var document = JsonNode.Parse(await http.GetStringAsync(new Uri($"{PathBase}/openapi/v3.json", UriKind.Relative)))!;
        Assert.Equal(PathBase, (string?)document["servers"]![0]!["url"]);
        using var page = await http.GetAsync(new Uri($"{PathBase}/openapi/v3/", UriKind.Relative));
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task The_virtual_host_of_2012_works_without_a_change()
    {
        await using var server = await RunningServer.Start("--Audrey:Proxies:0=127.0.0.1");
        await using var proxy = await ProxyProcess.Start("apache", VirtualHostOf2012, server.Endpoint);
        using var http = proxy.Connect();
        await Configure(http, "", NewId("proxied"));
    }

    [Fact]
    public async Task Only_a_configured_proxy_gives_a_request_the_path_that_was_stripped()
    {
        await using var server = await RunningServer.Start($"--Audrey:Gateway:PathBase={PathBase}");
        var uuid = NewId("direct");
        Assert.Equal(200, (await server.Conductor.Post($"/configs/2/{uuid}", Document(uuid, "", "d"))).Status);
        var guest = server.Client(uuid, SecretOf(uuid));
        Assert.Equal(200, (await guest.Get($"/configs/2/{uuid}")).Status);
        Assert.Equal(200, (await guest.Get($"{PathBase}/configs/2/{uuid}")).Status);
        var signer = new OAuthSigner(uuid, SecretOf(uuid), TimeProvider.System);
        var target = signer.SignQuery("GET", new OAuthTarget("http", server.Endpoint.Authority, $"{PathBase}/configs/2/{uuid}"));
        using var stripped = new HttpRequestMessage(HttpMethod.Get, new Uri(target[PathBase.Length..], UriKind.Relative));
        Assert.NotEqual(200, (await Answer.Receive(server.Http, stripped)).Status);
    }

    [Fact]
    public async Task A_path_base_that_guests_could_not_send_is_refused_at_the_start()
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => RunningServer.Start("--Audrey:Gateway:PathBase=/Config/"));
        Assert.Contains(
            "Audrey:Gateway:PathBase is '/Config/'; it must be a path such as /configserver", failure.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Registers an instance, gives its value and reads its complete configuration, in versions 0, 2 and 3.</summary>
    private static async Task Configure(HttpClient http, string pathBase, string uuid)
    {
        // A space shows whether the proxy keeps the path as it was signed.
        var escaped = Uri.EscapeDataString(uuid);
        var conductor = new SignedClient(
            http, new OAuthSigner(RunningServer.ConductorKey, RunningServer.ConductorSecret, TimeProvider.System));
        var document = Document(uuid, Provides("port") + Services(Service("http", Value("size", "10"))), "d");
        var registered = await conductor.Post($"{pathBase}/configs/2/{escaped}", document);
        Assert.True(registered.Status == 200, $"{registered.Status}: {registered.Text}");

        var guest = new SignedClient(http, new OAuthSigner(uuid, SecretOf(uuid), TimeProvider.System));
        Assert.Equal((200, "|service|http|parameters|size&MTA=|"), Short(await guest.Get($"{pathBase}/configs/2/{escaped}")));
        Assert.Equal((200, "|service|http|parameters|size&MTA=|"), Short(await guest.Get($"{pathBase}/configs/0/{escaped}")));
        Assert.Equal((200, "||"), Short(await guest.Put($"{pathBase}/params/2/{escaped}", "|port&ODA=|")));
        Assert.Equal("127.0.0.1", (await conductor.GetByHeader($"{pathBase}/ip/2/{escaped}")).Text);

        // The secret of version 3 is accepted, because the proxy says that it came over TLS.
        var current = new BasicClient(http, uuid, SecretOf(uuid));
        Assert.Equal(200, (await current.Get($"{pathBase}/v3/instances/{escaped}/hello")).Status);
    }

    private static string Example(string language)
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Docs", "behind-a-proxy.md"));
        return Regex.Match(page, $"```{language}\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
    }
}
