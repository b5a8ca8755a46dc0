using System.Net;
using System.Text.Json;
using Audrey.Cli.Tests.Support;
using Audrey.Protocol.Authentication;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Conductors;

[Collection(ServerFixture.Name)]
public sealed class ConductorCommandTests(ServerFixture server) : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly string _key = $"shop-{Guid.NewGuid():n}";

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task An_added_conductor_can_sign_with_the_printed_secret()
    {
        var added = await RunAsync("conductor", "add", _key);

        Assert.Equal(0, added.Code);
        Assert.Equal(HttpStatusCode.OK, await AuthAsync(Assert.Single(added.OutLines)));
        var listed = await RunAsync("conductor", "list", "--json");
        Assert.Contains(_key, listed.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(added.OutLines[0], listed.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_new_secret_of_a_rotation_is_written_to_a_private_file_and_the_previous_one_becomes_invalid()
    {
        var first = (await RunAsync("conductor", "add", _key)).OutLines[0];
        var file = _directory.File("secret");

        var rotated = await RunAsync("conductor", "rotate", _key, "--output", file, "--json");

        var second = File.ReadAllText(file).TrimEnd();
        using var json = JsonDocument.Parse(rotated.Out);
        Assert.Equal((0, _key), (rotated.Code, json.RootElement.GetProperty("conductor").GetString()));
        Assert.DoesNotContain(second, rotated.Out, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(HttpStatusCode.OK, await AuthAsync(second));
        Assert.NotEqual(first, second);
        await RefusedAsync(first);
    }

    [Fact]
    public async Task A_revoked_conductor_is_soon_refused()
    {
        var secret = (await RunAsync("conductor", "add", _key)).OutLines[0];

        Assert.Equal(0, (await RunAsync("conductor", "revoke", _key)).Code);

        await RefusedAsync(secret);
        Assert.Equal(4, (await RunAsync("conductor", "revoke", _key)).Code);
    }

    [Fact]
    public async Task An_existing_conductor_is_not_added_again()
    {
        await RunAsync("conductor", "add", _key);

        var again = await RunAsync("conductor", "add", _key);

        Assert.Equal((5, ""), (again.Code, again.Out));
        Assert.Contains(_key, again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_secret_of_a_conductor_that_was_not_added_cannot_be_rotated()
    {
        var result = await RunAsync("conductor", "rotate", _key);

        Assert.Equal((4, ""), (result.Code, result.Out));
        Assert.Contains("audrey conductor list", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_existing_file_is_not_overwritten_and_no_secret_is_issued()
    {
        var file = _directory.File("taken");
        File.WriteAllText(file, "mine");

        var result = await RunAsync("conductor", "add", _key, "--output", file);

        Assert.Equal((2, "mine"), (result.Code, File.ReadAllText(file)));
        Assert.DoesNotContain(_key, (await RunAsync("conductor", "list")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_error_for_a_wrong_command_line_points_to_the_help_of_the_subcommand()
    {
        var result = await RunAsync("conductor", "rotate", _key, "--overlap", "2592001");

        Assert.Equal(2, result.Code);
        Assert.Contains("30 days", result.Error, StringComparison.Ordinal);
        Assert.Contains("See: audrey conductor rotate --help", result.Error, StringComparison.Ordinal);
    }

    private Task<CliResult> RunAsync(params string[] args) => Support.Cli.RunAsync(server.Environment, args);

    /// <summary>Waits until the gateway refuses the secret. This can take a few seconds.</summary>
    private Task RefusedAsync(string secret) => Task.Run(async () =>
    {
        while (await AuthAsync(secret) != HttpStatusCode.Unauthorized)
        {
        }
    }).WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System);

    private async Task<HttpStatusCode> AuthAsync(string secret)
    {
        var uri = new Uri(server.Server.Endpoint, "/auth");
        var signed = new OAuthSigner(_key, secret, TimeProvider.System).SignQuery("GET", OAuthTarget.FromUri(uri));
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(uri, signed));
        return answer.StatusCode;
    }
}
