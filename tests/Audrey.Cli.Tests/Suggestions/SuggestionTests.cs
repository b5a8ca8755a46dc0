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
        Assert.Equal(["web"], await SuggestAsync($"audrey replace --deployable {id} we"));
        Assert.Equal(["web/http"], await SuggestAsync($"audrey logs --deployable {id} web/"));
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
    public async Task The_program_that_prints_the_secret_does_not_run_for_suggestions()
    {
        var (environment, ran) = (HttpsServer.EnvironmentIn(_directory), _directory.File("ran"));
        var (key, secret) = ($"suggested-{Guid.NewGuid():n}", _directory.File("secret"));
        Assert.Equal(0, (await Support.Cli.RunAsync(server.Environment, ["conductor", "add", key, "--output", secret])).Code);
        var url = server.Server.Endpoint.ToString();
        var login = await Support.Cli.RunAsync(
            environment, ["login", key, "--url", url, "--key", key, "--secret-command", $"touch '{ran}'; cat '{secret}'"]);
        Assert.Equal((0, true), (login.Code, File.Exists(ran)));
        File.Delete(ran);

        const string line = "audrey status ";
        var result = await Support.Cli.RunAsync(environment, [$"[suggest:{line.Length}]", line]);

        Assert.Equal((0, "", false), (result.Code, result.Error, File.Exists(ran)));
    }

    [Fact]
    public void Plans_of_launch_directories_are_read_and_damaged_plans_are_left_out()
    {
        Directory.CreateDirectory(_directory.File("damaged"));
        File.WriteAllText(Path.Combine(_directory.File("damaged"), "plan.json"), "{");
        Directory.CreateDirectory(_directory.File("without-id"));
        File.WriteAllText(Path.Combine(_directory.File("without-id"), "plan.json"), """{"deployableId":null,"instances":[]}""");

        var plan = Assert.Single(StoredPlans.In(_directory.Path));

        Assert.Equal(Shop.Id, plan.Id);
        Assert.Equal(["mysql"], plan.Instances.Single(instance => instance.Uuid == Shop.UuidOf("db")).Services);
    }

    [Fact]
    public void What_is_null_in_a_plan_is_left_out()
    {
        var directory = _directory.File("nulls");
        Directory.CreateDirectory(directory);
        File.WriteAllText(
            Path.Combine(directory, "plan.json"),
            """
            {"deployableId":"d","instances":[
              {"assembly":"web","uuid":null},{"assembly":null,"uuid":"u"},
              {"assembly":"web","uuid":"w","services":[{"name":null}],"provides":[null,"ip"]}]}
            """);

        var instance = Assert.Single(Assert.Single(StoredPlans.In(directory)).Instances);

        Assert.Equal("w", instance.Uuid);
        Assert.Empty(instance.Services);
        Assert.Equal(["ip"], instance.Provides);
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
