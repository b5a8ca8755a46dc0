using System.Text.Json;
using Audrey.Cli.Tests.Support;
using Audrey.Testing;

namespace Audrey.Cli.Tests.Instances;

/// <summary>Instances are shown with their labels, and commands find instances by them.</summary>
[Collection(ServerFixture.Name)]
public sealed class LabelTests(ServerFixture server) : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private string _id = "";

    private string Launch => _directory.File("launch");

    public async Task InitializeAsync()
    {
        var launched = await RunAsync("launch", Examples.Farm, "--output", Launch, "--json");
        using var json = JsonDocument.Parse(launched.Out);
        _id = json.RootElement.GetProperty("deployableId").GetString()!;
    }

    public Task DisposeAsync()
    {
        _directory.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Status_report_events_and_wait_show_the_label_of_a_member()
    {
        var web = UuidOf("web-1");
        var status = await RunAsync("status", _id);

        Assert.Contains($"  web-1 ({web}): incomplete, not heard from yet", status.OutLines);
        Assert.Contains($"'ipaddress' of web-1 ({web})", status.Out, StringComparison.Ordinal);
        Assert.Contains(status.OutLines, line => line.StartsWith("  web-1 has not been heard from since", StringComparison.Ordinal));
        Assert.Contains($"  web-1 ({web}): incomplete", (await RunAsync("report", _id)).OutLines);
        var waited = await RunAsync("wait", _id, "--timeout", "0");
        Assert.Contains("proxy[balance].backends waits for 'ipaddress' of web-", waited.Error + waited.Out, StringComparison.Ordinal);
        Assert.Equal(6, (await RunAsync("wait", _id, "--for", "value=web-1.ipaddress", "--timeout", "0")).Code);
        Assert.Equal(4, (await RunAsync("wait", _id, "--for", "service=web-7[http]", "--timeout", "0")).Code);

        using var json = JsonDocument.Parse((await RunAsync("status", _id, "--json")).Out);
        Assert.Equal(
            ["proxy", "web-0", "web-1", "web-2"],
            json.RootElement.GetProperty("instances").EnumerateArray().Select(one => one.GetProperty("label").GetString()));
        Assert.Equal(
            [("proxy", "web-0"), ("proxy", "web-1"), ("proxy", "web-2")],
            json.RootElement.GetProperty("waits").EnumerateArray().Select(wait =>
                (wait.GetProperty("label").GetString()!, wait.GetProperty("providerLabel").GetString()!)).Order());
    }

    [Fact]
    public async Task Status_selects_instances_by_state_assembly_and_name()
    {
        var status = await RunAsync("status", _id, "--assembly", "web", "--state", "incomplete");
        Assert.Equal(["web-0", "web-1", "web-2"], status.OutLines.Where(line => line.StartsWith("  web", StringComparison.Ordinal))
            .Select(line => line.Trim().Split(' ')[0]));
        Assert.DoesNotContain("proxy", status.Out, StringComparison.Ordinal);
        Assert.Single((await RunAsync("status", _id, "--state", "complete")).OutLines);
        using var json = JsonDocument.Parse((await RunAsync("status", _id, "--instance", "web-1", "--json")).Out);
        Assert.Equal(
            "web-1", Assert.Single(json.RootElement.GetProperty("instances").EnumerateArray()).GetProperty("label").GetString());
        var unknown = await RunAsync("status", _id, "--instance", "web-9");
        Assert.Equal((4, ""), (unknown.Code, unknown.Out));
        Assert.Contains("has no instance web-9; did you mean web-0?", unknown.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("status", _id, "--state", "broken")).Code);
    }

    [Fact]
    public async Task An_instance_is_described_and_its_logs_and_secret_are_found_by_label()
    {
        var (web, secret) = (UuidOf("web-1"), _directory.File("secret"));

        Assert.StartsWith(
            $"web-1 ({web}): incomplete", (await RunAsync("describe", "web-1", "--deployable", _id)).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("logs", "web-1/http", "--deployable", _id)).Code);
        Assert.Equal(
            $"The new secret of web-1 ({web}) is in {secret}.",
            (await RunAsync("rotate", "web-1", "--deployable", _id, "--output", secret)).OutLines[0]);
        Assert.Equal(0, (await RunAsync("describe", web)).Code);
        Assert.Equal(0, (await RunAsync("describe", web, "--deployable", _id)).Code);
    }

    [Theory]
    [InlineData("web-9", "has no instance web-9; did you mean web-0?")]
    [InlineData("wbe-1", "has no instance wbe-1; did you mean web-1?")]
    [InlineData("web", "has no instance web; did you mean web-0?")]
    [InlineData("nothing like it", "has no instance nothing like it; see: audrey status ")]
    public async Task An_unknown_name_ends_with_4_and_the_nearest_label(string name, string message)
    {
        string[][] commands =
        [
            ["describe", name, "--deployable", _id], ["logs", name, "--deployable", _id], ["rotate", name, "--deployable", _id],
            ["replace", name, "--output", Launch],
        ];
        foreach (var command in commands)
        {
            var result = await RunAsync(command);
            Assert.Equal((4, ""), (result.Code, result.Out));
            Assert.Contains($"{_id} {message}", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_label_without_a_deployable_is_not_guessed_if_the_conductor_has_several()
    {
        Assert.Equal(0, (await RunAsync("launch", Examples.Farm, "--output", _directory.File("second"))).Code);

        var result = await RunAsync("describe", "web-1");

        Assert.Equal((4, ""), (result.Code, result.Out));
        Assert.Contains("If it is a label, name its deployable, for example: --deployable ", result.Error, StringComparison.Ordinal);
        Assert.Equal(4, (await RunAsync("remove", _id, "web-7")).Code);
        Assert.Contains("did you mean web-0?", (await RunAsync("remove", _id, "web-7")).Error, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("describe", "web-1", "--deployable", "a/b")).Code);
        Assert.Equal(2, (await RunAsync("logs", "/http", "--deployable", _id)).Code);
    }

    [Fact]
    public async Task A_replacement_keeps_the_label_and_the_directory_and_overwrites_the_user_data_of_nobody()
    {
        var (web, other) = (UuidOf("web-1"), _directory.File("other"));
        Directory.CreateDirectory(Path.Combine(other, "web-0"));
        File.WriteAllText(Path.Combine(other, "web-0", "user-data"), "somebody's secret");

        var replaced = await RunAsync("replace", "web-1", "--output", Launch);
        Assert.Equal(
            $"web-1 ({web}) was replaced: boot a new machine with the user data in {Path.Combine(Launch, "web-1")}/",
            replaced.OutLines[0]);
        Assert.Equal(
            Path.Combine(other, "web-1"), await ReplacedInAsync(other, "web-1", "--deployable", _id));
        Assert.Equal(Path.Combine(other, "web-1"), await ReplacedInAsync(other, web));
        Assert.Equal(Path.Combine(other, "web-0-2"), await ReplacedInAsync(other, "web-0", "--deployable", _id));
        Assert.Equal("somebody's secret", File.ReadAllText(Path.Combine(other, "web-0", "user-data")));

        var added = await RunAsync("scale", _id, "web", "4", "--output", Launch);
        Assert.StartsWith("web-3 (", added.OutLines[0], StringComparison.Ordinal);
        Assert.EndsWith($"{Path.Combine(Launch, "web-3")}/", added.OutLines[0], StringComparison.Ordinal);
    }

    private async Task<string> ReplacedInAsync(string directory, params string[] name)
    {
        var result = await RunAsync(["replace", .. name, "--output", directory, "--json"]);
        Assert.Equal((0, ""), (result.Code, result.Error));
        using var json = JsonDocument.Parse(result.Out);
        return json.RootElement.GetProperty("directory").GetString()!;
    }

    private string UuidOf(string label)
    {
        using var plan = JsonDocument.Parse(File.ReadAllText(Path.Combine(Launch, "plan.json")));
        return plan.RootElement.GetProperty("instances").EnumerateArray()
            .Single(instance => instance.GetProperty("label").GetString() == label).GetProperty("uuid").GetString()!;
    }

    private Task<CliResult> RunAsync(params string[] args) => Support.Cli.RunAsync(server.Environment, args);
}
