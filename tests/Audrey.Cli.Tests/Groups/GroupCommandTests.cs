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
    public async Task A_growing_group_gets_user_data_for_each_added_instance()
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
    public async Task A_shrinking_group_names_the_removed_instances()
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
        var result = await RunAsync("scale", await LaunchAsync(), "nothing", "2", "--output", _directory.File("out"));

        Assert.Equal((4, ""), (result.Code, result.Out));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("many")]
    public async Task A_group_has_at_least_one_instance(string count) =>
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

    [Fact]
    public async Task Without_an_endpoint_the_servers_are_not_called()
    {
        var result = await Support.Cli.RunAsync(
            new() { ["AUDREY_SERVER"] = server.Server.ClientAddress },
            ["scale", "id", "web", "5", "--output", _directory.File("out")]);

        Assert.Equal(2, result.Code);
        Assert.Contains("--endpoint", result.Error, StringComparison.Ordinal);
    }

    private async Task<string> LaunchAsync()
    {
        var result = await RunAsync("launch", Examples.Farm, "--output", _directory.File("out"), "--json");
        using var launched = JsonDocument.Parse(result.Out);
        return launched.RootElement.GetProperty("deployableId").GetString()!;
    }

    private Task<CliResult> RunAsync(params string[] args) => Support.Cli.RunAsync(server.Environment, args);
}
