using System.Text.Json;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Waiting;

[Collection(ServerFixture.Name)]
public sealed class WaitCommandTests(ServerFixture server) : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _directory = new();
    private LaunchedShop? _shop;

    private LaunchedShop Shop => _shop!;

    public async Task InitializeAsync() => _shop = await LaunchedShop.LaunchAsync(server, _directory);

    public Task DisposeAsync()
    {
        _directory.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("complete")]
    [InlineData("service=http")]
    [InlineData("service=web[http]")]
    [InlineData("value=port")]
    [InlineData("value=db.port")]
    public async Task A_wait_ends_when_its_condition_is_met_after_it_has_begun_or_before(string condition)
    {
        var waiting = WaitAsync("--for", condition, "--timeout", "50s");
        Assert.Equal(6, (await WaitAsync("--for", condition, "--timeout", "0")).Code);
        Assert.False(waiting.IsCompleted);

        await Shop.CompleteAsync();

        var result = await waiting.WaitAsync(Limit);
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Contains(Shop.Id, result.Out, StringComparison.Ordinal);
        Assert.Equal(0, (await WaitAsync("--for", condition, "--timeout", "0")).Code);
    }

    [Fact]
    public async Task One_value_of_several_is_enough_for_a_wait_for_it()
    {
        var waiting = WaitAsync("--for", "value=address", "--timeout", "50");

        await Shop.GiveAsync("db", 1, "address");

        Assert.Equal(0, (await waiting.WaitAsync(Limit)).Code);
        Assert.Equal(6, (await WaitAsync("--for", "value=port", "--timeout", "0")).Code);
    }

    [Theory]
    [InlineData("complete")]
    [InlineData("service=mysql")]
    public async Task What_cannot_come_after_a_failure_ends_the_wait_with_1_and_names_the_service(string condition)
    {
        var waiting = WaitAsync("--for", condition, "--timeout", "50");

        await Shop.EndAsync("db", "mysql", 1, 7, "no space");

        var result = await waiting.WaitAsync(Limit);
        Assert.Equal((1, ""), (result.Code, result.Out));
        Assert.Contains(
            $"service 'mysql' of db ({Shop.UuidOf("db")}) failed with exit status 7; see: audrey logs {Shop.UuidOf("db")}/mysql",
            result.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_for_a_failure_ends_with_0_when_a_service_fails()
    {
        var waiting = WaitAsync("--for", "failed", "--timeout", "50");
        await Shop.EndAsync("db", "mysql", 1, 7, "no space");
        Assert.Equal(0, (await waiting.WaitAsync(Limit)).Code);
    }

    [Fact]
    public async Task A_wait_for_a_failure_ends_with_1_when_the_deployable_is_complete()
    {
        var waiting = WaitAsync("--for", "failed", "--timeout", "50");
        await Shop.CompleteAsync();
        Assert.Equal(1, (await waiting.WaitAsync(Limit)).Code);
    }

    [Fact]
    public async Task A_wait_that_times_out_says_what_is_missing()
    {
        var result = await WaitAsync("--timeout", "0.5", "--json");

        using var json = JsonDocument.Parse(result.Out);
        Assert.Equal((6, "timed-out"), (result.Code, json.RootElement.GetProperty("outcome").GetString()));
        Assert.Contains(
            "2 instances pending; web[http].db waits for 'address' of db",
            json.RootElement.GetProperty("detail").GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_without_a_timeout_ends_with_6_when_the_deadline_passes()
    {
        var replace = await Support.Cli.RunAsync(
            server.Environment, ["replace", Shop.UuidOf("db"), "--output", _directory.File("new"), "--deadline", "5"]);
        Assert.Equal((0, ""), (replace.Code, replace.Error));

        var result = await WaitAsync().WaitAsync(Limit);

        Assert.Equal((6, ""), (result.Code, result.Out));
        Assert.Contains("pending; web[http].db waits for 'address' of db", result.Error, StringComparison.Ordinal);
        Assert.Contains("and the deadline has passed", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_deletion_of_the_deployable_ends_a_wait_with_4()
    {
        var waiting = WaitAsync("--timeout", "50");
        await Support.Cli.RunAsync(server.Environment, ["delete", Shop.Id]);
        Assert.Equal(4, (await waiting.WaitAsync(Limit)).Code);
        Assert.Equal(4, (await WaitAsync("--timeout", "50")).Code);
    }

    [Fact]
    public async Task A_wait_of_a_year_is_allowed_and_so_is_a_request_of_a_year()
    {
        var waiting = WaitAsync("--timeout", "365d");
        await Shop.CompleteAsync();
        var result = await waiting.WaitAsync(Limit);
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Equal(0, (await Support.Cli.RunAsync(server.Environment, ["list", "--timeout", "365d"])).Code);
    }

    [Theory]
    [InlineData("service=htp", "did you mean service=http?")]
    [InlineData("value=db.prt", "did you mean value=db.port?")]
    public async Task A_misspelt_name_ends_the_wait_at_once(string condition, string remedy)
    {
        var result = await WaitAsync("--for", condition, "--timeout", "50");
        Assert.Equal(4, result.Code);
        Assert.Contains(remedy, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--for", "done")]
    [InlineData("--for", "service=")]
    [InlineData("--timeout", "-1")]
    [InlineData("--timeout", "soon")]
    public async Task A_wrong_condition_or_time_is_a_usage_error(string option, string value) =>
        Assert.Equal(2, (await WaitAsync(option, value)).Code);

    private Task<CliResult> WaitAsync(params string[] options) => Support.Cli.RunAsync(server.Environment, ["wait", Shop.Id, .. options]);
}
