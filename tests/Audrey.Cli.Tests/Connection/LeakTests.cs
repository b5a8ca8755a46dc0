using System.Diagnostics;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Connection;

/// <summary>The conductor's secret is neither in the process list nor in a log.</summary>
[Collection(HttpsFixture.Name)]
public sealed class LeakTests(HttpsFixture fixture) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("stored")]
    [InlineData("--secret-command")]
    public async Task The_secret_is_not_in_the_process_list_while_a_command_runs(string place)
    {
        var environment = await fixture.Server.LoginAsync(_directory);
        if (place != "stored")
        {
            var stored = _directory.File("config/secrets/shop");
            var copy = _directory.File("copy");
            File.Copy(stored, copy);
            Assert.Equal(0, (await Support.Cli.RunAsync(environment, ["login", "shop", place, $"cat {copy}"])).Code);
        }

        var id = $"seen-{Guid.NewGuid():n}";
        await Support.Cli.RunAsync(environment, ["launch", Examples.Wordpress, "--id", id, "--output", _directory.File("out")]);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "audrey.dll"), "events", id, "--follow"])
        {
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        try
        {
            // When the command prints the first event, it has already authenticated.
            Assert.NotNull(await process.StandardOutput.ReadLineAsync(limit.Token));
            foreach (var file in new[] { "cmdline", "environ" })
            {
                var seen = File.ReadAllText($"/proc/{process.Id}/{file}");
                Assert.Contains(file == "cmdline" ? id : "AUDREY_PROFILES", seen, StringComparison.Ordinal);
                Assert.DoesNotContain(HttpsServer.Secret, seen, StringComparison.Ordinal);
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(limit.Token);
        }
    }

    [Fact]
    public async Task No_secret_is_in_the_servers_log_or_in_the_output_of_the_command()
    {
        var environment = await fixture.Server.LoginAsync(_directory);
        var key = $"added-{Guid.NewGuid():n}";
        var added = (await Support.Cli.RunAsync(environment, ["conductor", "add", key])).OutLines[0];
        string[][] commands =
        [
            ["list"], ["conductor", "list"], ["profile", "list"], ["status", "none"], ["profile", "list", "--json"],
            ["login", "wrong", "--url", fixture.Server.Url, "--key", key, "--ca", fixture.Server.CaFile],
        ];
        foreach (var command in commands)
        {
            var result = await Support.Cli.RunAsync(environment, command, input: "a secret that is wrong");
            foreach (var secret in new[] { HttpsServer.Secret, added, "a secret that is wrong" })
                Assert.DoesNotContain(secret, result.Out + result.Error, StringComparison.Ordinal);
        }

        var basic = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{HttpsServer.Key}:{HttpsServer.Secret}"));
        Assert.Contains("/v3/conductors", fixture.Server.Log, StringComparison.Ordinal);
        foreach (var secret in new[] { HttpsServer.Secret, added, "a secret that is wrong", basic })
            Assert.DoesNotContain(secret, fixture.Server.Log, StringComparison.Ordinal);
    }
}
