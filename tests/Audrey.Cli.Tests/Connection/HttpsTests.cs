using System.Text.Json;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Connection;

/// <summary>Commands over HTTPS that need only a profile.</summary>
[Collection(HttpsFixture.Name)]
public sealed class HttpsTests(HttpsFixture fixture) : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task All_commands_from_the_launch_of_a_deployable_to_its_deletion_work()
    {
        var environment = await fixture.Server.LoginAsync(_directory);
        var id = $"farm-{Guid.NewGuid():n}";

        Assert.Equal(0, await CodeAsync("launch", Examples.Farm, "--id", id, "--output", _directory.File("out")));
        var userData = File.ReadAllText(Path.Combine(_directory.File("out"), "web-0", "user-data"));
        Assert.StartsWith($"1|{fixture.Server.Url}|", userData, StringComparison.Ordinal);
        Assert.Contains(id, (await RunAsync("list")).OutLines);
        Assert.Equal(0, await CodeAsync("status", id));
        Assert.Equal(0, await CodeAsync("report", id));
        Assert.Equal(6, await CodeAsync("watch", id, "--for", "0.1"));
        Assert.Equal(0, await CodeAsync("scale", id, "web", "5", "--output", _directory.File("out")));
        using var plan = JsonDocument.Parse(File.ReadAllText(Path.Combine(_directory.File("out"), "plan.json")));
        var uuid = plan.RootElement.GetProperty("instances")[0].GetProperty("uuid").GetString()!;
        Assert.Equal(0, await CodeAsync("replace", uuid, "--output", _directory.File("out")));
        var following = RunAsync("events", id, "--follow");
        Assert.Equal(0, await CodeAsync("delete", id));
        var events = await following.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System);
        Assert.EndsWith("the deployable is deleted", events.OutLines[^1], StringComparison.Ordinal);
        Assert.Equal(4, await CodeAsync("status", id));

        async Task<int> CodeAsync(params string[] args) => (await RunAsync(args)).Code;

        Task<CliResult> RunAsync(params string[] args) => Support.Cli.RunAsync(environment, args);
    }

    [Fact]
    public async Task A_pinned_certificate_is_accepted_without_its_CA_and_any_other_certificate_is_refused()
    {
        var environment = HttpsServer.EnvironmentIn(_directory);
        string[] login = ["login", "shop", "--url", fixture.Server.Url, "--key", HttpsServer.Key];

        var pinned = await Support.Cli.RunAsync(
            environment, [.. login, "--pin", fixture.Server.CertificateSha256], input: HttpsServer.Secret);
        var other = await Support.Cli.RunAsync(environment, [.. login, "--pin", new string('0', 64)], input: HttpsServer.Secret);

        Assert.Equal((0, ""), (pinned.Code, pinned.Error));
        Assert.Equal((1, ""), (other.Code, other.Out));
        Assert.Contains($"its SHA-256 is {fixture.Server.CertificateSha256}", other.Error, StringComparison.Ordinal);
        Assert.Contains("Nothing was sent", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_from_an_unknown_CA_is_refused_and_the_error_shows_its_fingerprint()
    {
        using var other = new TestAuthority("another authority");
        string[] login = ["login", "shop", "--url", fixture.Server.Url, "--key", HttpsServer.Key];

        foreach (var trust in new string[][] { [], ["--ca", other.Write(_directory.File("other.pem"))] })
        {
            var refused = await Support.Cli.RunAsync(
                HttpsServer.EnvironmentIn(_directory), [.. login, .. trust], input: HttpsServer.Secret);

            Assert.Equal((1, ""), (refused.Code, refused.Out));
            Assert.Contains("is not signed by", refused.Error, StringComparison.Ordinal);
            Assert.Contains("CN=the authority of a test", refused.Error, StringComparison.Ordinal);
            Assert.Contains($"--pin {fixture.Server.CertificateSha256}", refused.Error, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(_directory.File("config/profiles.json")));
    }

    [Theory]
    [InlineData("127.0.0.2", -30, -2, "has expired", "Renew it")]
    [InlineData("127.0.0.2", 2, 30, "is valid only from", "clocks")]
    [InlineData("config.example.com", -1, 30, "is for config.example.com, not for 127.0.0.2", "Use a URL with a name")]
    public async Task A_certificate_that_cannot_be_accepted_is_refused_with_the_reason(
        string host, int from, int until, string reason, string remedy)
    {
        await using var server = await HttpsServer.StartAsync(host, from, until);

        var refused = await Support.Cli.RunAsync(
            HttpsServer.EnvironmentIn(_directory),
            ["login", "shop", "--url", server.Url, "--key", HttpsServer.Key, "--ca", server.CaFile],
            input: HttpsServer.Secret);

        Assert.Equal((1, ""), (refused.Code, refused.Out));
        Assert.Contains(reason, refused.Error, StringComparison.Ordinal);
        Assert.Contains(remedy, refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(HttpsServer.Secret, refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(HttpsServer.Secret, server.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing.pem", null)]
    [InlineData("empty.pem", "")]
    [InlineData("other.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public async Task A_file_without_certificates_is_a_usage_error(string name, string? contents)
    {
        var file = _directory.File(name);
        if (contents is not null) File.WriteAllText(file, contents);

        var refused = await Support.Cli.RunAsync(
            HttpsServer.EnvironmentIn(_directory),
            ["login", "shop", "--url", fixture.Server.Url, "--key", HttpsServer.Key, "--ca", file],
            input: HttpsServer.Secret);

        Assert.Equal((2, ""), (refused.Code, refused.Out));
        Assert.Contains(file, refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task If_the_handshake_fails_the_error_asks_whether_the_port_serves_https()
    {
        await using var plain = await Launching.Local.LocalServer.StartAsync(_directory.File("data"), CancellationToken.None);

        var refused = await Support.Cli.RunAsync(
            HttpsServer.EnvironmentIn(_directory),
            ["login", "shop", "--url", $"https://{plain.Endpoint.Authority}", "--key", HttpsServer.Key],
            input: HttpsServer.Secret);

        Assert.Equal((1, ""), (refused.Code, refused.Out));
        Assert.Contains("Does the port serve https?", refused.Error, StringComparison.Ordinal);
    }
}
