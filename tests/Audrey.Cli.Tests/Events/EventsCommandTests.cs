using System.Text.Json;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Events;

[Collection(ServerFixture.Name)]
public sealed class EventsCommandTests(ServerFixture server) : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Events_are_printed_one_per_line_even_after_the_deletion()
    {
        var id = await LaunchAsync();
        await RunAsync("scale", id, "web", "1", "--output", _directory.File("out"));
        var alive = await RunAsync("events", id);
        Assert.Equal(0, alive.Code);
        Assert.EndsWith("Z the deployable is registered and will have 4 instances", alive.OutLines[0], StringComparison.Ordinal);
        Assert.EndsWith("Z group web has 1 instance", alive.OutLines[^1], StringComparison.Ordinal);

        await RunAsync("delete", id);
        var ended = await RunAsync("events", id);
        Assert.Equal((0, alive.OutLines.Length + 3), (ended.Code, ended.OutLines.Length));
        Assert.EndsWith("Z the deployable is deleted", ended.OutLines[^1], StringComparison.Ordinal);
        Assert.Equal(4, ended.OutLines.Count(line => line.EndsWith("has ended; it was never heard from", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Following_prints_each_event_as_JSON_on_one_line_until_the_deployable_is_deleted()
    {
        var id = await LaunchAsync();
        var following = RunAsync("events", id, "--follow", "--after", "1", "--json");
        await RunAsync("delete", id);

        var result = await following.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal((0, ""), (result.Code, result.Error));
        var events = result.OutLines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(Enumerable.Range(2, events.Count), events.Select(entry => entry.GetProperty("number").GetInt32()));
        Assert.Equal("deleted", events[^1].GetProperty("kind").GetString());
        var last = events[0].GetProperty("last");
        Assert.Equal(("instance-ended", "incomplete"), (events[0].GetProperty("kind").GetString(), last.GetProperty("status").GetString()));
    }

    [Fact]
    public async Task An_unknown_deployable_has_no_events()
    {
        var result = await RunAsync("events", "never-was");
        Assert.Equal((4, ""), (result.Code, result.Out));
        Assert.Contains("no history of it is kept", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("all")]
    public async Task A_wrong_number_is_a_usage_error(string after) =>
        Assert.Equal(2, (await RunAsync("events", "id", "--after", after)).Code);

    private async Task<string> LaunchAsync()
    {
        var result = await RunAsync("launch", Examples.Farm, "--output", _directory.File("out"), "--json");
        using var launched = JsonDocument.Parse(result.Out);
        return launched.RootElement.GetProperty("deployableId").GetString()!;
    }

    private Task<CliResult> RunAsync(params string[] args) => Support.Cli.RunAsync(server.Environment, args);
}
