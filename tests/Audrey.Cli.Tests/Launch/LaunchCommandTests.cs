using System.Text.Json;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Launch;

[Collection(ServerFixture.Name)]
public sealed class LaunchCommandTests(ServerFixture server) : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_launch_registers_the_deployable_and_writes_its_user_data()
    {
        using var launched = JsonDocument.Parse((await LaunchAsync("--json")).Out);

        var id = launched.RootElement.GetProperty("deployableId").GetString()!;
        var status = await RunAsync("status", id, "--json");
        using var json = JsonDocument.Parse(status.Out);
        Assert.Equal(
            (0, "incomplete", 2),
            (status.Code, json.RootElement.GetProperty("status").GetString(), json.RootElement.GetProperty("instances").GetArrayLength()));
        var userData = File.ReadAllText(Path.Combine(_directory.File("out"), "apache", "user-data"));
        Assert.StartsWith($"1|{server.Server.Endpoint.ToString().TrimEnd('/')}|", userData, StringComparison.Ordinal);
        Assert.Contains(id, (await RunAsync("list")).OutLines);
    }

    [Fact]
    public async Task A_repeated_launch_is_the_same_deployable_and_new_launches_another()
    {
        var first = await IdAsync();

        Assert.Equal(first, await IdAsync());
        Assert.NotEqual(first, await IdAsync("--new"));
    }

    [Fact]
    public async Task A_directory_belongs_to_one_launch()
    {
        await IdAsync();

        var other = await RunAsync(
            "launch",
            Examples.Wordpress,
            "--output",
            _directory.File("out"),
            "--set",
            "mysql[database].schema=other");

        Assert.Equal(5, other.Code);
        Assert.Contains("--new", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_launch_needs_an_endpoint()
    {
        var result = await Support.Cli.RunAsync(
            new() { ["AUDREY_SERVER"] = server.Server.ClientAddress },
            ["launch", Examples.Wordpress, "--output", _directory.File("out")]);

        Assert.Equal(2, result.Code);
        Assert.Contains("--endpoint", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory.File("out")));
    }

    [Fact]
    public async Task A_deleted_deployable_is_not_found_and_deleting_it_again_succeeds()
    {
        var id = await IdAsync();

        Assert.Equal((0, $"{id} is deleted.\n"), await CodeAndOut("delete", id));
        Assert.Equal((0, $"{id} is deleted.\n"), await CodeAndOut("delete", id));
        var status = await RunAsync("status", id);
        Assert.Equal(4, status.Code);
        Assert.Contains("audrey list", status.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_conductors_deployable_is_not_found()
    {
        var id = await IdAsync();

        Assert.Equal(4, (await RunAsync("status", id, "--conductor", "other")).Code);
        Assert.DoesNotContain(id, (await RunAsync("list", "--conductor", "other")).OutLines);
    }

    [Fact]
    public async Task Watching_a_deployable_that_never_boots_ends_in_time_and_shows_its_missing_values()
    {
        var id = await IdAsync();

        var watch = await RunAsync("watch", id, "--for", "0.1");

        Assert.Equal(6, watch.Code);
        Assert.Contains(
            watch.OutLines,
            line => line.Contains("apache[http].db_ip waits for 'ipaddress' of mysql", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_report_contains_parameters_that_have_not_been_given()
    {
        var report = await RunAsync("report", await IdAsync());

        Assert.Equal(0, report.Code);
        Assert.Contains("    has not given yet: ipaddress, port", report.OutLines);
    }

    [Fact]
    public async Task No_command_prints_a_secret()
    {
        var id = await IdAsync();
        using var plan = JsonDocument.Parse(File.ReadAllText(Path.Combine(_directory.File("out"), "plan.json")));
        var secrets = plan.RootElement.GetProperty("instances").EnumerateArray().Select(
            instance => instance.GetProperty("secret").GetString()!).Append("only the guest");

        string[][] commands = [["status", id, "--json"], ["report", id], ["watch", id, "--for", "0.1", "--json"], ["list", "--json"]];
        foreach (var command in commands)
        {
            var result = await RunAsync(command);
            Assert.NotEmpty(result.Out);
            foreach (var secret in secrets) Assert.DoesNotContain(secret, result.Out + result.Error, StringComparison.Ordinal);
        }
    }

    private async Task<string> IdAsync(params string[] more)
    {
        using var launched = JsonDocument.Parse((await LaunchAsync(["--json", .. more])).Out);
        return launched.RootElement.GetProperty("deployableId").GetString()!;
    }

    private async Task<CliResult> LaunchAsync(params string[] more)
    {
        var result = await RunAsync(["launch", Examples.Wordpress, "--output", _directory.File("out"), .. more]);
        Assert.Equal(
            (0, ""),
            (
                result.Code,
                result.Error.Replace("registered 2 of 2\n", "", StringComparison.Ordinal).Replace(
                    "registered 1 of 2\n",
                    "",
                    StringComparison.Ordinal)));
        return result;
    }

    private async Task<(int, string)> CodeAndOut(params string[] args)
    {
        var result = await RunAsync(args);
        return (result.Code, result.Out);
    }

    private Task<CliResult> RunAsync(params string[] args) => Support.Cli.RunAsync(server.Environment, args);
}
