using System.Text.Json;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Conductors;

[Collection(ServerFixture.Name)]
public sealed class HandOverCommandTests(ServerFixture server) : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly string _taker = $"taker-{Guid.NewGuid():n}";

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_deployable_is_handed_to_another_conductor()
    {
        var taker = await server.AddConductorAsync(_taker, _directory);
        var id = await LaunchAsync();

        var result = await RunAsync("handover", id, "--to", _taker, "--json");

        Assert.Equal((0, ""), (result.Code, result.Error));
        using var json = JsonDocument.Parse(result.Out);
        Assert.Equal(id, json.RootElement.GetProperty("deployable").GetString());
        Assert.Equal(_taker, json.RootElement.GetProperty("conductor").GetString());
        Assert.Equal(4, (await RunAsync("status", id)).Code);
        Assert.Equal(0, (await Support.Cli.RunAsync(taker, ["status", id])).Code);
        Assert.Equal(0, (await RunAsync("handover", id, "--to", _taker)).Code);

        // An operator cannot take or give anything.
        var refused = await Support.Cli.RunAsync(taker, ["handover", id, "--to", _taker]);
        Assert.Equal(1, refused.Code);
        Assert.Contains("administrator", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deployable_or_a_conductor_that_does_not_exist_is_named()
    {
        await server.AddConductorAsync(_taker, _directory);
        var nothing = await RunAsync("handover", "nothing", "--to", _taker);
        Assert.Equal(4, nothing.Code);
        Assert.Contains("nothing", nothing.Error, StringComparison.Ordinal);
        var id = await LaunchAsync();
        var nobody = await RunAsync("handover", id, "--to", "nobody");
        Assert.Equal(1, nobody.Code);
        Assert.Contains("no credential acts for conductor 'nobody'", nobody.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("handover", id)).Code);
    }

    [Fact]
    public async Task The_secret_of_an_instance_is_rotated_into_a_private_file()
    {
        var uuid = await InstanceAsync(await LaunchAsync());
        var file = _directory.File("web.secret");
        var rotated = await RunAsync("rotate", uuid, "--overlap", "60", "--output", file, "--json");
        Assert.Equal((0, ""), (rotated.Code, rotated.Error));
        var secret = File.ReadAllText(file).TrimEnd();
        Assert.DoesNotContain(secret, rotated.Out, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(rotated.Out);
        Assert.Equal(uuid, json.RootElement.GetProperty("instance").GetString());
        Assert.True(json.RootElement.GetProperty("previousUntil").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);

        var printed = await RunAsync("rotate", uuid);
        Assert.Equal(0, printed.Code);
        Assert.NotEqual(secret, Assert.Single(printed.OutLines));
        Assert.Equal(4, (await RunAsync("rotate", Guid.NewGuid().ToString())).Code);
        Assert.Equal(2, (await RunAsync("rotate", uuid, "--output", file)).Code);
    }

    private async Task<string> LaunchAsync()
    {
        var launched = await RunAsync("launch", Examples.Farm, "--output", _directory.File("out"), "--json");
        using var json = JsonDocument.Parse(launched.Out);
        return json.RootElement.GetProperty("deployableId").GetString()!;
    }

    private async Task<string> InstanceAsync(string id)
    {
        using var json = JsonDocument.Parse((await RunAsync("status", id, "--json")).Out);
        return json.RootElement.GetProperty("instances")[0].GetProperty("uuid").GetString()!;
    }

    private Task<CliResult> RunAsync(params string[] arguments) => Support.Cli.RunAsync(server.Environment, arguments);
}
