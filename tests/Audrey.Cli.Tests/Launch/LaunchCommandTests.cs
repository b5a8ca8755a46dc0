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
    public async Task A_repeated_launch_continues_with_the_same_deployable_and_the_option_new_launches_another_one()
    {
        var first = await IdAsync();

        Assert.Equal(first, await IdAsync());
        Assert.NotEqual(first, await IdAsync("--new"));
    }

    [Fact]
    public async Task A_file_that_cannot_be_fetched_is_named_with_its_instance_and_service_and_not_with_a_random_UUID()
    {
        var url = $"http://127.0.0.1:{FreePorts.Take(1)[0]}/http.sh";
        File.WriteAllText(
            _directory.File("shop.yaml"),
            $"{{audrey: 1, name: Shop, assemblies: {{web: {{count: 2, services: {{http: {{script: {{url: '{url}'}}}}}}}}}}}}");

        var result = await RunAsync("launch", _directory.File("shop.yaml"), "--output", _directory.File("out"));

        Assert.Equal((1, ""), (result.Code, result.Out));
        foreach (var label in new[] { "web-0", "web-1" })
            Assert.Contains($"{label}: the executable of web[http]: {url} ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotMatch("[0-9a-f]{8}-[0-9a-f]{4}-", result.Error);
    }

    [Fact]
    public async Task A_directory_of_one_launch_cannot_be_used_for_a_different_launch()
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
    public async Task A_launch_whose_credential_is_refused_writes_no_plan()
    {
        var environment = await server.AddConductorAsync($"revoked-{Guid.NewGuid():n}", _directory);
        foreach (var secret in Directory.GetFiles(_directory.Path, "*.secret")) File.WriteAllText(secret, "another secret");

        var result = await Support.Cli.RunAsync(environment, ["launch", Examples.Wordpress, "--output", _directory.File("out")]);

        Assert.Equal((1, ""), (result.Code, result.Out));
        Assert.Contains("refuses the credential", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_directory.File("out"), "plan.json")));
    }

    [Theory]
    [InlineData("no value")]
    [InlineData("no server")]
    [InlineData("refused credential")]
    [InlineData("refused document")]
    public async Task A_new_launch_that_fails_leaves_the_earlier_one_as_it_was(string failure)
    {
        await IdAsync();
        var before = Snapshot();
        var environment = new Dictionary<string, string>(server.Environment);
        string[] launch = ["launch", Examples.Wordpress, "--output", _directory.File("out"), "--new"];
        if (failure == "no value") File.WriteAllText(launch[1] = _directory.File("one.xml"), Examples.Script("true"));
        if (failure == "no server") launch = [.. launch, "--server", "http://127.0.0.1:1", "--timeout", "0.1"];
        if (failure == "refused document") launch = [.. launch, "--id", (await OtherConductorsIdAsync())];
        if (failure == "refused credential")
        {
            environment = await server.AddConductorAsync($"revoked-{Guid.NewGuid():n}", _directory);
            foreach (var secret in Directory.GetFiles(_directory.Path, "*.secret")) File.WriteAllText(secret, "another secret");
        }

        var result = await Support.Cli.RunAsync(environment, launch);

        Assert.NotEqual(0, result.Code);
        Assert.Equal(before, Snapshot());
    }

    [Fact]
    public async Task A_new_launch_moves_the_files_of_the_earlier_one_aside()
    {
        await IdAsync();
        var before = Snapshot();

        await IdAsync("--new");

        Assert.Equal(
            before.Where(file => file.Key != ".lock"),
            Snapshot().Where(file => file.Key.StartsWith("earlier-launch/", StringComparison.Ordinal))
                .Select(file => KeyValuePair.Create(file.Key["earlier-launch/".Length..], file.Value)));
    }

    [Fact]
    public async Task A_refused_launch_leaves_its_directory_to_the_mended_document()
    {
        var refused = await RunAsync(
            "launch", Examples.Wordpress, "--output", _directory.File("out"), "--id", await OtherConductorsIdAsync());
        Assert.Equal(5, refused.Code);
        Assert.Equal([".lock"], Snapshot().Keys);

        await IdAsync();
    }

    [Fact]
    public async Task A_launch_overwrites_no_user_data_of_another_machine()
    {
        Directory.CreateDirectory(Path.Combine(_directory.File("out"), "apache"));

        var result = await RunAsync("launch", Examples.Wordpress, "--output", _directory.File("out"));

        Assert.Equal((5, ""), (result.Code, result.Out));
        Assert.Contains(
            "apache exists and can contain the secret of another machine. Choose another --output.",
            result.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_cannot_have_the_name_of_the_file_with_the_state_of_the_launch()
    {
        var document = _directory.File("state.yaml");
        await File.WriteAllTextAsync(document, "audrey: 1\nname: d\nassemblies:\n  launch-state:\n    image: a\n    hardware_profile: b\n");

        var result = await RunAsync("launch", document, "--output", _directory.File("out"));

        Assert.Equal((2, ""), (result.Code, result.Out));
        Assert.Contains("Give the assembly another name.", result.Error, StringComparison.Ordinal);
        Assert.Equal([".lock"], Snapshot().Keys);
    }

    [Fact]
    public async Task A_viewer_can_see_a_deployable_but_cannot_launch_or_delete_one()
    {
        var id = await IdAsync();
        var actsFor = JsonDocument.Parse(File.ReadAllText(Path.Combine(server.Environment["AUDREY_DATA"], "conductor.json")))
            .RootElement.GetProperty("key").GetString()!;
        var viewer = await server.AddConductorAsync($"viewer-{Guid.NewGuid():n}", _directory, "--role", "viewer", "--for", actsFor);

        Assert.Equal(0, (await Support.Cli.RunAsync(viewer, ["status", id])).Code);
        string[][] commands =
            [["launch", Examples.Wordpress, "--output", _directory.File("viewer")], ["delete", id], ["conductor", "list"]];
        foreach (var command in commands)
        {
            var result = await Support.Cli.RunAsync(viewer, command);
            Assert.Equal((1, ""), (result.Code, result.Out));
            Assert.Contains("viewer", result.Error, StringComparison.Ordinal);
        }
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
        var again = await RunAsync("launch", Examples.Wordpress, "--output", _directory.File("out"));
        Assert.Equal((4, ""), (again.Code, again.Out));
        Assert.Contains($"{id} was launched from", again.Error, StringComparison.Ordinal);
        Assert.NotEqual(id, await IdAsync("--new"));
    }

    [Fact]
    public async Task The_deployable_of_another_conductor_is_not_found()
    {
        var id = await IdAsync();

        var other = await server.AddConductorAsync($"other-{Guid.NewGuid():n}", _directory);
        Assert.Equal(4, (await Support.Cli.RunAsync(other, ["status", id])).Code);
        Assert.Equal(4, (await Support.Cli.RunAsync(other, ["delete", id])).Code);
        Assert.DoesNotContain(id, (await Support.Cli.RunAsync(other, ["list"])).OutLines);
        Assert.Equal(0, (await RunAsync("status", id)).Code);
    }

    [Fact]
    public async Task Watching_a_deployable_that_never_boots_ends_after_the_given_time_and_shows_missing_values()
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

    /// <summary>Returns the id of a deployable that another conductor has launched.</summary>
    private async Task<string> OtherConductorsIdAsync()
    {
        var other = await server.AddConductorAsync($"other-{Guid.NewGuid():n}", _directory);
        other["AUDREY_ENDPOINT"] = server.Server.Endpoint.ToString();
        var id = $"taken-{Guid.NewGuid():n}";
        var launched = await Support.Cli.RunAsync(
            other, ["launch", Examples.Wordpress, "--output", _directory.File("theirs"), "--id", id]);
        Assert.Equal(0, launched.Code);
        return id;
    }

    /// <summary>Reads all files of the launch's directory, by their paths in it.</summary>
    private SortedDictionary<string, string> Snapshot() => new(
        Directory.GetFiles(_directory.File("out"), "*", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(_directory.File("out"), file), File.ReadAllText),
        StringComparer.Ordinal);

    private async Task<string> IdAsync(params string[] more)
    {
        using var launched = JsonDocument.Parse((await LaunchAsync(["--json", .. more])).Out);
        return launched.RootElement.GetProperty("deployableId").GetString()!;
    }

    private async Task<CliResult> LaunchAsync(params string[] more)
    {
        var result = await RunAsync(["launch", Examples.Wordpress, "--output", _directory.File("out"), .. more]);
        Assert.Equal(0, result.Code);
        Assert.All(
            result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Matches("^(registered [12] of 2|The files of the earlier launch are in .*/earlier-launch/\\.)$", line));
        return result;
    }

    private async Task<(int, string)> CodeAndOut(params string[] args)
    {
        var result = await RunAsync(args);
        return (result.Code, result.Out);
    }

    private Task<CliResult> RunAsync(params string[] args) => Support.Cli.RunAsync(server.Environment, args);
}
