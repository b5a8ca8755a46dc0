using System.Text.Json;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Groups;

[Collection(ServerFixture.Name)]
public sealed class GroupCommandTests(ServerFixture server) : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Scaling_up_writes_user_data_for_each_added_instance()
    {
        var id = await LaunchAsync();

        var result = await RunAsync("scale", id, "web", "5", "--output", _directory.File("out"), "--json");

        using var json = JsonDocument.Parse(result.Out);
        Assert.Equal((0, 2), (result.Code, json.RootElement.GetProperty("added").GetArrayLength()));
        foreach (var added in json.RootElement.GetProperty("added").EnumerateArray())
        {
            var userData = File.ReadAllText(Path.Combine(added.GetProperty("directory").GetString()!, "user-data")).Split('|');
            Assert.Equal(added.GetProperty("uuid").GetString(), userData[2]);
        }

        Assert.Contains("0 of 6 instances configured", (await RunAsync("status", id)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scaling_and_a_replacement_have_deadlines_of_their_own_and_the_exit_code_of_status_follows_them()
    {
        var id = await LaunchAsync();
        Assert.Equal(0, (await RunAsync("scale", id, "web", "4", "--output", _directory.File("out"), "--deadline", "86400")).Code);
        Assert.Equal(0, (await RunAsync("status", id)).Code);

        Assert.Equal(0, (await RunAsync("scale", id, "web", "5", "--output", _directory.File("out"), "--deadline", "0.001")).Code);
        var late = await RunAsync("status", id, "--json");
        using var json = JsonDocument.Parse(late.Out);
        Assert.Equal((6, true), (late.Code, json.RootElement.GetProperty("timedOut").GetBoolean()));
        var instances = json.RootElement.GetProperty("instances").EnumerateArray().ToList();
        var now = json.RootElement.GetProperty("asOf").GetDateTimeOffset();
        Assert.Single(instances, instance => instance.GetProperty("deadline").GetDateTimeOffset() <= now);

        var uuid = instances.Single(instance => instance.GetProperty("assembly").GetString() == "proxy").GetProperty("uuid").GetString()!;
        await RunAsync("scale", id, "web", "3", "--output", _directory.File("out"));
        Assert.Equal(0, (await RunAsync("status", id)).Code);
        Assert.Equal(0, (await RunAsync("replace", uuid, "--output", _directory.File("out"), "--deadline", "0.001")).Code);
        Assert.Equal(6, (await RunAsync("status", id)).Code);
    }

    [Fact]
    public async Task Scaling_down_names_the_removed_instances()
    {
        var id = await LaunchAsync();

        var result = await RunAsync("scale", id, "web", "1", "--output", _directory.File("out"));

        Assert.Equal(0, result.Code);
        Assert.Equal(2, result.OutLines.Count(line => line.EndsWith(" was removed: shut down its machine", StringComparison.Ordinal)));
        Assert.Contains("0 of 2 instances configured", (await RunAsync("status", id)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_assembly_that_is_not_a_group_cannot_be_scaled()
    {
        var id = await LaunchAsync();
        foreach (var (assembly, remedy) in new[]
        {
            ("nothing", "its assemblies are proxy, web"), ("wbe", "did you mean web?"), ("proxy", "proxy is not a group"),
        })
        {
            var result = await RunAsync("scale", id, assembly, "2", "--output", _directory.File("out"));

            Assert.Equal((4, ""), (result.Code, result.Out));
            Assert.Contains(remedy, result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("audrey list", result.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("many")]
    public async Task A_size_that_is_not_a_number_from_0_is_a_usage_error(string count) =>
        Assert.Equal(2, (await RunAsync("scale", "id", "web", count, "--output", _directory.File("out"))).Code);

    [Fact]
    public async Task A_replaced_instance_keeps_its_UUID_and_gets_a_new_secret()
    {
        await LaunchAsync();
        using var plan = JsonDocument.Parse(File.ReadAllText(Path.Combine(_directory.File("out"), "plan.json")));
        var instance = plan.RootElement.GetProperty("instances")[0];
        var uuid = instance.GetProperty("uuid").GetString()!;

        var result = await RunAsync("replace", uuid, "--output", _directory.File("out"), "--json");

        using var json = JsonDocument.Parse(result.Out);
        var userData = File.ReadAllText(
            Path.Combine(json.RootElement.GetProperty("directory").GetString()!, "user-data")).TrimEnd().Split('|');
        Assert.Equal((0, uuid), (result.Code, userData[2]));
        Assert.NotEqual(instance.GetProperty("secret").GetString(), userData[3]);
        Assert.DoesNotContain(userData[3], result.Out, StringComparison.Ordinal);
    }

    /// <summary>
    /// Groups and single assemblies have labels and host names that are equal, or names that are too long for a host.
    /// </summary>
    [Fact]
    public async Task No_later_instance_gets_the_directory_of_another_one()
    {
        var document = _directory.File("names.yaml");
        const string Long = "production-eu-central-1-frontend-web-application-servers-behind-the-balancer";
        File.WriteAllText(document, $$"""
            audrey: 1
            name: Names
            assemblies:
              web: {count: 2}
              web-3: {}
              web a: {count: 1}
              web-a: {count: 1}
              {{Long}}: {count: 1}
            """);
        var id = await LaunchAsync(document);
        Directory.CreateDirectory(Path.Combine(_directory.File("out"), "web-4"));
        foreach (var (group, count) in new[] { ("web", "4"), ("web a", "3"), ("web-a", "3"), (Long, "4") })
            Assert.Equal(0, (await RunAsync("scale", id, group, count, "--output", _directory.File("out"))).Code);

        var userData = await ReadUserDataAsync(id);

        Assert.Equal(4 + 1 + 3 + 3 + 4, userData.Count);
        Assert.False(File.Exists(Path.Combine(_directory.File("out"), "web-4", "user-data")));
        Assert.Equal(0, (await RunAsync("scale", id, "web", "1", "--output", _directory.File("out"))).Code);
        Assert.Equal(userData.Count - 3, (await ReadUserDataAsync(id)).Count);
    }

    [Fact]
    public async Task A_replaced_instance_keeps_its_directory()
    {
        var id = await LaunchAsync();
        Assert.Equal(0, (await RunAsync("scale", id, "web", "4", "--output", _directory.File("out"))).Code);
        var before = await ReadUserDataAsync(id);

        foreach (var uuid in before.Keys)
            Assert.Equal(0, (await RunAsync("replace", uuid, "--output", _directory.File("out"))).Code);

        var after = await ReadUserDataAsync(id);
        Assert.Equal(before.Keys.Order(), after.Keys.Order());
        Assert.All(after, instance => Assert.Equal(before[instance.Key].Directory, instance.Value.Directory));
        Assert.All(after, instance => Assert.NotEqual(before[instance.Key].Secret, instance.Value.Secret));
    }

    [Fact]
    public async Task A_plan_after_the_launch_and_another_launch_leave_the_user_data_of_later_machines()
    {
        var id = await LaunchAsync();
        Assert.Equal(0, (await RunAsync("scale", id, "web", "4", "--output", _directory.File("out"))).Code);
        var before = await ReadUserDataAsync(id);
        await RunAsync("replace", before.Keys.First(), "--output", _directory.File("out"));
        before = await ReadUserDataAsync(id);

        var endpoint = server.Server.Endpoint.ToString();
        var plan = await RunAsync(
            "plan", Examples.Farm, "--output", _directory.File("out"), "--format", "user-data", "--endpoint", endpoint);

        Assert.Equal((0, ""), (plan.Code, plan.Error));
        Assert.Equal(before, await ReadUserDataAsync(id));
        Assert.Equal(0, (await RunAsync("scale", id, "web", "5", "--output", _directory.File("other"))).Code);
        var later = Path.Combine(Assert.Single(Directory.GetDirectories(_directory.File("other"))), "user-data");
        var userData = File.ReadAllText(later);
        Assert.Equal(0, (await RunAsync("launch", Examples.Farm, "--output", _directory.File("other"))).Code);
        Assert.Equal(userData, File.ReadAllText(later));
    }

    [Fact]
    public async Task A_new_launch_sets_aside_what_was_scaled_down_and_up_and_a_plan_that_cannot_be_read()
    {
        var id = await LaunchAsync();
        foreach (var count in new[] { "1", "4" })
            Assert.Equal(0, (await RunAsync("scale", id, "web", count, "--output", _directory.File("out"))).Code);
        var before = await ReadUserDataAsync(id);

        Assert.Equal(0, (await RunAsync("launch", Examples.Farm, "--output", _directory.File("out"), "--new")).Code);
        File.WriteAllText(Path.Combine(_directory.File("out"), "plan.json"), "{");
        Assert.Equal(0, (await RunAsync("launch", Examples.Farm, "--output", _directory.File("out"), "--new")).Code);

        var aside = Directory.GetFiles(Path.Combine(_directory.File("out"), "earlier-launch"), "user-data", SearchOption.AllDirectories);
        Assert.Equal(before.Keys.Order(), aside.Select(file => File.ReadAllText(file).Split('|')[2]).Order());
        Assert.Equal("{", File.ReadAllText(Path.Combine(_directory.File("out"), "earlier-launch-2", "plan.json")));
    }

    [Fact]
    public async Task The_directory_of_another_deployable_is_refused_before_anything_is_sent()
    {
        var first = await LaunchAsync();
        var second = await LaunchAsync(Examples.Farm, "second");

        var result = await RunAsync("scale", second, "web", "5", "--output", _directory.File("out"));

        Assert.Equal((5, ""), (result.Code, result.Out));
        Assert.Contains(
            $"out contains the launch of {first}, not of {second}. Choose another --output.", result.Error, StringComparison.Ordinal);
        Assert.Contains("0 of 4 instances configured", (await RunAsync("status", second)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_endpoint_is_refused_before_a_request_is_sent()
    {
        var result = await RunAsync("scale", await LaunchAsync(), "web", "5", "--output", _directory.File("out"), "--endpoint", "no URL");

        Assert.Equal((2, ""), (result.Code, result.Out));
        Assert.Contains("--endpoint", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repeated_scaling_returns_the_same_instances_with_their_secrets()
    {
        var id = await LaunchAsync();

        var first = await RunAsync("scale", id, "web", "5", "--output", _directory.File("out"), "--json");
        var second = await RunAsync("scale", id, "web", "5", "--output", _directory.File("other"), "--json");

        Assert.Equal((0, 0), (first.Code, second.Code));
        Assert.Equal(SecretsOf(first), SecretsOf(second));
        Assert.Equal(2, SecretsOf(second).Count);

        static List<string> SecretsOf(CliResult result)
        {
            using var json = JsonDocument.Parse(result.Out);
            return
            [
                .. json.RootElement.GetProperty("added").EnumerateArray()
                    .Select(added => File.ReadAllText(Path.Combine(added.GetProperty("directory").GetString()!, "user-data"))),
            ];
        }
    }

    private async Task<string> LaunchAsync(string? document = null, string directory = "out")
    {
        var result = await RunAsync("launch", document ?? Examples.Farm, "--output", _directory.File(directory), "--json");
        using var json = JsonDocument.Parse(result.Out);
        return json.RootElement.GetProperty("deployableId").GetString()!;
    }

    /// <summary>Reads the user data of every instance that the deployable has. Each must be in one directory, with its own UUID.</summary>
    private async Task<Dictionary<string, (string Directory, string Secret)>> ReadUserDataAsync(string id)
    {
        var userData = Directory.GetFiles(_directory.File("out"), "user-data", SearchOption.AllDirectories)
            .Select(file => (Directory: Path.GetDirectoryName(file)!, Parts: File.ReadAllText(file).TrimEnd().Split('|')))
            .ToDictionary(file => file.Parts[2], file => (file.Directory, file.Parts[3]));
        using var status = JsonDocument.Parse((await RunAsync("status", id, "--json")).Out);
        Assert.Equal(
            status.RootElement.GetProperty("instances").EnumerateArray().Select(one => one.GetProperty("uuid").GetString()!).Order(),
            userData.Keys.Order());
        return userData;
    }

    private Task<CliResult> RunAsync(params string[] args) => Support.Cli.RunAsync(server.Environment, args);
}
