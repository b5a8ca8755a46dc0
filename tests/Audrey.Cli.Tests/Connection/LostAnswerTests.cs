using System.Text.Json;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Connection;

/// <summary>Each command is carried out once, even if answers are lost and requests are repeated.</summary>
[Collection(ServerFixture.Name)]
public sealed class LostAnswerTests(ServerFixture server) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task If_the_answer_is_lost_a_credential_is_added_once_and_its_secret_is_valid()
    {
        await using var proxy = new LossyProxy(server.Server.Endpoint, losses: 2);
        var key = $"lost-{Guid.NewGuid():n}";

        var added = await RunAsync(proxy, "conductor", "add", key);
        var rotated = await RunAsync(proxy, "conductor", "rotate", key);

        Assert.Equal((0, 0), (added.Code, rotated.Code));
        Assert.True(proxy.HasLost);
        Assert.NotEqual(added.OutLines[0], rotated.OutLines[0]);
        var login = await Support.Cli.RunAsync(
            new() { ["AUDREY_PROFILES"] = _directory.File("profiles") },
            ["login", key, "--url", server.Server.Endpoint.ToString(), "--key", key],
            input: rotated.OutLines[0]);
        Assert.Equal((0, ""), (login.Code, login.Error));
    }

    [Fact]
    public async Task A_revocation_succeeds_even_if_its_answer_is_lost()
    {
        var key = $"lost-{Guid.NewGuid():n}";
        Assert.Equal(0, (await Support.Cli.RunAsync(server.Environment, ["conductor", "add", key])).Code);
        await using var proxy = new LossyProxy(server.Server.Endpoint, losses: 1);

        Assert.Equal(0, (await RunAsync(proxy, "conductor", "revoke", key)).Code);

        Assert.True(proxy.HasLost);
        Assert.Equal(4, (await RunAsync(proxy, "conductor", "revoke", key)).Code);
    }

    [Fact]
    public async Task A_launch_a_scaling_a_replacement_and_a_deletion_survive_lost_answers()
    {
        var id = $"lost-{Guid.NewGuid():n}";
        var output = _directory.File("out");

        await SurvivesAsync(losses: 6, "launch", Examples.Farm, "--id", id, "--output", output);
        await SurvivesAsync(losses: 5, "scale", id, "web", "5", "--output", output);
        using var plan = JsonDocument.Parse(File.ReadAllText(Path.Combine(output, "plan.json")));
        var uuid = plan.RootElement.GetProperty("instances")[0].GetProperty("uuid").GetString()!;
        await SurvivesAsync(losses: 3, "replace", uuid, "--output", output);

        var events = (await Support.Cli.RunAsync(server.Environment, ["events", id])).OutLines;
        Assert.Single(events, line => line.Contains("the deployable is registered", StringComparison.Ordinal));
        Assert.Single(events, line => line.EndsWith("group web has 5 instances", StringComparison.Ordinal));
        using var status = JsonDocument.Parse((await Support.Cli.RunAsync(server.Environment, ["status", id, "--json"])).Out);
        var replaced = status.RootElement.GetProperty("instances").EnumerateArray()
            .Single(one => one.GetProperty("uuid").GetString() == uuid);
        Assert.Equal(2, replaced.GetProperty("generation").GetInt64());
        await SurvivesAsync(losses: 2, "delete", id);
        Assert.Equal(4, (await Support.Cli.RunAsync(server.Environment, ["status", id])).Code);

        async Task SurvivesAsync(int losses, params string[] args)
        {
            await using var proxy = new LossyProxy(server.Server.Endpoint, losses);
            var result = await RunAsync(proxy, args);
            Assert.True(result.Code == 0, result.Error);
            Assert.True(proxy.HasLost, string.Join(' ', args));
        }
    }

    [Fact]
    public async Task Each_event_is_printed_once_even_if_connections_are_cut()
    {
        var id = $"lost-{Guid.NewGuid():n}";
        await using var proxy = new LossyProxy(server.Server.Endpoint, losses: 1);
        Assert.Equal(0, (await Direct("launch", Examples.Farm, "--id", id, "--output", _directory.File("out"))).Code);

        var following = RunAsync(proxy, "events", id, "--follow", "--json");
        for (var size = 4; size <= 6; size++)
        {
            Assert.Equal(0, (await Direct("scale", id, "web", $"{size}", "--output", _directory.File("out"))).Code);
            proxy.Cut();
        }

        Assert.Equal(0, (await Direct("delete", id)).Code);
        var result = await following.WaitAsync(Limit, TimeProvider.System);

        Assert.Equal((0, ""), (result.Code, result.Error));
        int[] numbers = [.. result.OutLines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("number").GetInt32())];
        Assert.Equal(Enumerable.Range(1, numbers.Length), numbers);
        Assert.Equal("deleted", JsonDocument.Parse(result.OutLines[^1]).RootElement.GetProperty("kind").GetString());
    }

    private Task<CliResult> Direct(params string[] args) => Support.Cli.RunAsync(server.Environment, args);

    private Task<CliResult> RunAsync(LossyProxy proxy, params string[] args) =>
        Support.Cli.RunAsync(new(server.Environment) { ["AUDREY_URL"] = proxy.Url }, args);
}
