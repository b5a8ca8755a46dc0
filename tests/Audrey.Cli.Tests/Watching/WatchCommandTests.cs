using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Watching;

[Collection(ServerFixture.Name)]
public sealed class WatchCommandTests(ServerFixture server) : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private LaunchedShop? _shop;

    private LaunchedShop Shop => _shop!;

    public async Task InitializeAsync() => _shop = await LaunchedShop.LaunchAsync(server, _directory);

    public Task DisposeAsync()
    {
        _directory.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_watch_shows_each_change_and_ends_when_the_deployable_is_complete()
    {
        var watching = WatchAsync();

        await Shop.CompleteAsync();

        var result = await watching.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Contains(result.OutLines, line => line.EndsWith($"db ({Shop.UuidOf("db")}) is complete", StringComparison.Ordinal));
        Assert.Contains(result.OutLines, line => line.EndsWith($"web ({Shop.UuidOf("web")}) http: configured", StringComparison.Ordinal));
        Assert.EndsWith("complete, 2 of 2 instances configured", result.OutLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_ends_with_1_when_a_service_has_failed()
    {
        var watching = WatchAsync();

        await Shop.EndAsync("db", "mysql", 1, 7, "why");

        var result = await watching.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(1, result.Code);
        Assert.Contains(result.OutLines, line => line.EndsWith("| why", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_watch_ends_with_4_when_the_deployable_is_deleted()
    {
        var watching = WatchAsync();

        await RunAsync("delete", Shop.Id);

        Assert.Equal(4, (await watching.WaitAsync(TimeSpan.FromSeconds(60))).Code);
    }

    private Task<CliResult> WatchAsync() => RunAsync("watch", Shop.Id);

    private Task<CliResult> RunAsync(params string[] args) => Support.Cli.RunAsync(server.Environment, args);
}
