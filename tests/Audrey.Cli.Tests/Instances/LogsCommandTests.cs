using System.Text.Json;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Instances;

[Collection(ServerFixture.Name)]
public sealed class LogsCommandTests(ServerFixture server) : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private LaunchedShop? _shop;

    private LaunchedShop Shop => _shop!;

    private string Db => Shop.UuidOf("db");

    public async Task InitializeAsync() => _shop = await LaunchedShop.LaunchAsync(server, _directory);

    public Task DisposeAsync()
    {
        _directory.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Each_run_is_printed_with_the_end_of_its_output()
    {
        var following = RunAsync("logs", "--follow", Db);
        await Shop.EndAsync("db", "mysql", 1, 7, "first line\nno space");
        await WaitForRunsAsync(1);
        await Shop.EndAsync("db", "mysql", 2, 0, "made");
        await WaitForRunsAsync(2);

        var result = await RunAsync("logs", $"{Db}/mysql");

        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Collection(
            result.OutLines,
            line => Assert.EndsWith(
                $"service 'mysql' of db ({Db}) failed with exit status 7 after 1.5 s, run 1", line, StringComparison.Ordinal),
            line => Assert.Equal("first line", line),
            line => Assert.Equal("no space", line),
            line => Assert.EndsWith($"service 'mysql' of db ({Db}) ended after 1.5 s, run 2", line, StringComparison.Ordinal),
            line => Assert.Equal("made", line));

        // The follower ends when the instance does.
        await RunAsync("delete", Shop.Id);
        var followed = await following.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(0, followed.Code);
        Assert.Equal(result.OutLines[..3], followed.OutLines[..3]);
    }

    [Fact]
    public async Task A_run_as_JSON_has_its_output()
    {
        await Shop.EndAsync("db", "mysql", 1, 0, "made");
        await WaitForRunsAsync(1);

        using var json = JsonDocument.Parse((await RunAsync("logs", Db, "--json")).Out);

        Assert.Equal("made", json.RootElement.GetProperty("output").GetString());
        Assert.Equal("0", json.RootElement.GetProperty("exitStatus").GetString());
    }

    [Fact]
    public async Task A_service_that_has_not_run_is_told_with_its_reason()
    {
        var result = await RunAsync("logs", $"{Shop.UuidOf("web")}/http");
        Assert.Equal((0, ""), (result.Code, result.Out));
        Assert.Contains("no run of service http: waits for 1 value", result.Error, StringComparison.Ordinal);
        Assert.Contains("'address' of db", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_service_or_instance_does_not_exist()
    {
        var service = await RunAsync("logs", $"{Db}/mysq");
        Assert.Equal(4, service.Code);
        Assert.Contains("did you mean mysql?", service.Error, StringComparison.Ordinal);
        Assert.Equal(4, (await RunAsync("logs", "never-was")).Code);
        Assert.Equal(2, (await RunAsync("logs", $"{Db}/")).Code);
    }

    [Fact]
    public async Task An_instance_is_described_without_its_values()
    {
        await Shop.GiveAsync("db", 1, "address");
        await Shop.EndAsync("db", "mysql", 1, 7, "no space");

        var text = await RunAsync("describe", Db);
        var json = await RunAsync("describe", Db, "--json");

        Assert.Equal((1, 1), (text.Code, json.Code));
        foreach (var expected in new[] { Shop.Id, "has given:", "has not given yet:  port", "failed with exit status 7", "| no space" })
            Assert.Contains(expected, text.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("value of address", text.Out + json.Out, StringComparison.Ordinal);
        using var described = JsonDocument.Parse(json.Out);
        Assert.Equal("address", described.RootElement.GetProperty("given")[0].GetString());
        Assert.Equal("no space", described.RootElement.GetProperty("runs")[0].GetProperty("output").GetString());
    }

    /// <summary>A run reaches the events a little later than it is acknowledged.</summary>
    private async Task WaitForRunsAsync(int count)
    {
        await using var events = Follow().GetAsyncEnumerator();
        while (count > 0 && await events.MoveNextAsync())
            if (events.Current.Kind is "service-ended" or "service-failed") count--;

        IAsyncEnumerable<Audrey.Protocol.Version3.Event> Follow() => server.Server.Connect().Events.FollowAsync(
            Audrey.Core.Ids.DeployableId.Parse(Shop.Id), 0, new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
    }

    private Task<CliResult> RunAsync(params string[] args) => Support.Cli.RunAsync(server.Environment, args);
}
