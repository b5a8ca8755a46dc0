using System.Runtime.Versioning;
using System.Text.Json;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Profiles;

[Collection(HttpsFixture.Name)]
[UnsupportedOSPlatform("windows")]
public sealed class LoginCommandTests(HttpsFixture fixture) : IDisposable
{
    private readonly TempDirectory _directory = new();

    private HttpsServer Server => fixture.Server;

    private string ProfilesPath => _directory.File("config/profiles.json");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_login_stores_the_profile_and_the_typed_secret_once_the_server_has_accepted_the_secret()
    {
        var environment = await Server.LoginAsync(_directory);

        var secret = _directory.File("config/secrets/shop");
        Assert.Equal(HttpsServer.Secret + "\n", File.ReadAllText(secret));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(secret));
        using var stored = JsonDocument.Parse(File.ReadAllText(ProfilesPath));
        Assert.Equal("shop", stored.RootElement.GetProperty("current").GetString());
        Assert.DoesNotContain(HttpsServer.Secret, File.ReadAllText(ProfilesPath), StringComparison.Ordinal);
        Assert.Equal((0, ""), await CodeAndErrorAsync(environment, "list"));
    }

    [Theory]
    [InlineData("--secret-file")]
    [InlineData("--secret-env")]
    [InlineData("--secret-command")]
    public async Task A_login_does_not_copy_a_secret_that_is_kept_elsewhere(string option)
    {
        var environment = HttpsServer.EnvironmentIn(_directory);
        environment["SHOP_SECRET"] = HttpsServer.Secret;
        var file = _directory.File("secret");
        File.WriteAllText(file, HttpsServer.Secret);
        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        var place = option switch { "--secret-file" => file, "--secret-env" => "SHOP_SECRET", _ => $"cat {file}" };

        Assert.Equal((0, ""), await CodeAndErrorAsync(environment, ["login", "shop", .. Options, option, place]));
        Assert.Equal((0, ""), await CodeAndErrorAsync(environment, "list"));
        Assert.False(Directory.Exists(_directory.File("config/secrets")));
    }

    [Fact]
    public async Task A_wrong_secret_is_refused_and_nothing_is_stored()
    {
        var login = await Support.Cli.RunAsync(HttpsServer.EnvironmentIn(_directory), ["login", "shop", .. Options], input: "wrong secret");

        Assert.Equal((1, ""), (login.Code, login.Out));
        Assert.Contains($"{Server.Url} refuses the credential of profile shop", login.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong secret", login.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(ProfilesPath));
        Assert.False(Directory.Exists(_directory.File("config/secrets")));
    }

    [Fact]
    public async Task A_second_login_keeps_the_URL_and_replaces_the_CA_by_a_pin()
    {
        var environment = await Server.LoginAsync(_directory);

        var pinned = await Support.Cli.RunAsync(
            environment, ["login", "shop", "--pin", Server.CertificateSha256.ToUpperInvariant()], input: HttpsServer.Secret);

        Assert.Equal((0, ""), (pinned.Code, pinned.Error));
        using var stored = JsonDocument.Parse(File.ReadAllText(ProfilesPath));
        var profile = Assert.Single(stored.RootElement.GetProperty("profiles").EnumerateArray());
        Assert.Equal(Server.Url, profile.GetProperty("url").GetString());
        Assert.False(profile.TryGetProperty("caFile", out _));
    }

    [Theory]
    [InlineData("login", "shop", "--key", "shop")]
    [InlineData("login", "shop", "--url", "https://127.0.0.2:1")]
    [InlineData("login", "local", "--url", "https://127.0.0.2:1", "--key", "shop")]
    [InlineData("login", "a/b", "--url", "https://127.0.0.2:1", "--key", "shop")]
    [InlineData("login", "shop", "--url", "http://10.0.0.5:4567", "--key", "shop")]
    [InlineData("login", "shop", "--url", "https://127.0.0.2:1", "--key", "shop", "--secret", "hunter2")]
    [InlineData("login", "shop", "--url", "https://127.0.0.2:1", "--key", "shop", "--secret-env", "A", "--secret-file", "B")]
    public async Task A_login_with_wrong_options_is_a_usage_error(params string[] args)
    {
        var result = await Support.Cli.RunAsync(HttpsServer.EnvironmentIn(_directory), args, input: "secret");

        Assert.Equal((2, ""), (result.Code, result.Out));
        Assert.NotEqual("", result.Error);
        Assert.False(File.Exists(ProfilesPath));
    }

    [Fact]
    public async Task Profiles_can_be_listed_chosen_and_removed()
    {
        var environment = await Server.LoginAsync(_directory);
        await Support.Cli.RunAsync(environment, ["login", "second", .. Options], input: HttpsServer.Secret);

        Assert.Equal("* second", (await Support.Cli.RunAsync(environment, ["profile", "list"])).OutLines[1][..8]);
        Assert.Equal((0, ""), await CodeAndErrorAsync(environment, "profile", "use", "shop"));
        var list = await Support.Cli.RunAsync(environment, ["profile", "list", "--json"]);
        using var json = JsonDocument.Parse(list.Out);
        Assert.Equal("shop", json.RootElement.GetProperty("current").GetString());
        Assert.DoesNotContain(HttpsServer.Secret, list.Out, StringComparison.Ordinal);

        Assert.Equal((0, ""), await CodeAndErrorAsync(environment, "profile", "remove", "second"));
        Assert.False(File.Exists(_directory.File("config/secrets/second")));
        Assert.True(File.Exists(_directory.File("config/secrets/shop")));
        var missing = await Support.Cli.RunAsync(environment, ["list", "--profile", "shp"]);
        Assert.Equal(2, missing.Code);
        Assert.Contains("There is no profile shp", missing.Error, StringComparison.Ordinal);
        Assert.Contains("did you mean shop?", missing.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await Support.Cli.RunAsync(environment, ["profile", "use", "second"])).Code);
        Assert.Equal(2, (await Support.Cli.RunAsync(environment, ["profile", "remove", "second"])).Code);
    }

    [Fact]
    public async Task A_shell_completes_commands_and_names_of_profiles()
    {
        var environment = await Server.LoginAsync(_directory);

        Assert.Contains("shop", (await Support.Cli.RunAsync(environment, ["[suggest:19]", "audrey profile use "])).OutLines);
        Assert.Contains("shop", (await Support.Cli.RunAsync(environment, ["[suggest:22]", "audrey list --profile "])).OutLines);
        Assert.Equal(
            ["list", "remove", "use"],
            (await Support.Cli.RunAsync(environment, ["[suggest:15]", "audrey profile "])).OutLines
                .Where(line => char.IsAsciiLetter(line[0])).Order());
    }

    [Fact]
    public async Task A_server_on_this_machine_needs_no_profile()
    {
        var data = _directory.File("data");
        Directory.CreateDirectory(data);
        var path = Path.Combine(data, "conductor.json");
        File.WriteAllText(path, JsonSerializer.Serialize(new { key = HttpsServer.Key, secret = HttpsServer.Secret }));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var environment = new Dictionary<string, string> { ["AUDREY_DATA"] = data, ["HOME"] = _directory.Path };

        var reached = await Support.Cli.RunAsync(environment, ["list", "--timeout", "0.2"]);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var refused = await Support.Cli.RunAsync(environment, ["list"]);

        Assert.Equal(3, reached.Code);
        Assert.Contains("http://127.0.0.1:4567", reached.Error, StringComparison.Ordinal);
        Assert.Equal(2, refused.Code);
        Assert.Contains($"chmod 600 {path}", refused.Error, StringComparison.Ordinal);
    }

    private string[] Options => ["--url", Server.Url, "--key", HttpsServer.Key, "--ca", Server.CaFile];

    private static async Task<(int, string)> CodeAndErrorAsync(Dictionary<string, string> environment, params string[] args)
    {
        var result = await Support.Cli.RunAsync(environment, args);
        return (result.Code, result.Error);
    }
}
