using Audrey.Cli.Output;
using Audrey.Cli.Suggestions;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Suggestions;

[Collection(ServerFixture.Name)]
public sealed class SuggestionTests(ServerFixture server) : IAsyncLifetime
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
    public async Task Deployables_members_services_and_values_are_suggested()
    {
        var (id, web) = (Shop.Id, Shop.UuidOf("web"));
        Assert.Contains(id, await SuggestAsync($"audrey status {id[..8]}"));
        Assert.Contains(web, await SuggestAsync($"audrey replace {web[..8]}"));
        Assert.Equal([$"{web}/http"], await SuggestAsync($"audrey logs {web}/"));
        Assert.Equal(["service=http", "service=mysql"], await SuggestAsync($"audrey wait {id} --for service="));
        Assert.Equal(["value=address", "value=port"], await SuggestAsync($"audrey wait {id} --for value="));
        Assert.Equal(["web"], await SuggestAsync($"audrey scale {id} w"));
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_causes_no_message()
    {
        var url = $"http://127.0.0.1:{FreePorts.Take(1)[0]}";
        var environment = new Dictionary<string, string>(server.Environment) { ["AUDREY_URL"] = url };
        const string line = "audrey status x";
        var result = await Support.Cli.RunAsync(environment, [$"[suggest:{line.Length}]", line]);
        Assert.Equal(("", ""), (result.Out.Trim(), result.Error));
    }

    [Fact]
    public void Plans_of_launch_directories_are_read_and_damaged_plans_are_left_out()
    {
        Directory.CreateDirectory(_directory.File("damaged"));
        File.WriteAllText(Path.Combine(_directory.File("damaged"), "plan.json"), "{");

        var plan = Assert.Single(StoredPlans.In(_directory.Path));

        Assert.Equal(Shop.Id, plan.Id);
        Assert.Equal(["mysql"], plan.Instances.Single(instance => instance.Uuid == Shop.UuidOf("db")).Services);
    }

    private async Task<string[]> SuggestAsync(string line)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, TextWriter.Null, interactive: false, colours: false, server.Environment.GetValueOrDefault)
        {
            Time = new EndlessTime(),
        };
        Assert.Equal(0, await AudreyCommand.RunAsync([$"[suggest:{line.Length}]", line], terminal));
        return [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(each => !each.StartsWith('-'))];
    }

    /// <summary>A clock by which no time limit passes, however slow the machine is.</summary>
    private sealed class EndlessTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
