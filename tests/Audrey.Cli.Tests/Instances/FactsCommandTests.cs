using System.Text.Json;
using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Cli.Tests.Support;
using Audrey.Core.Facts;
using Audrey.Core.Ids;
using Audrey.Testing;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Audrey.Cli.Tests.Instances;

/// <summary>The command <c>facts</c> shows what agents have reported.</summary>
[Collection(HttpsFixture.Name)]
public sealed class FactsCommandTests(HttpsFixture https) : IAsyncLifetime
{
    private const string Document = """
        audrey: 1
        name: Shop
        assemblies:
          db:
            provided:
              ssh_port: {fact: Sysconfig.sshd-port}
              key: {fact: Host.key, secret: true}
        """;

    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TempDirectory _directory = new();
    private readonly string _id = $"shop-{Guid.NewGuid():N}";
    private Dictionary<string, string> _environment = [];
    private string _db = "";

    public async Task InitializeAsync()
    {
        _environment = await https.Server.LoginAsync(_directory);
        File.WriteAllText(_directory.File("shop.yaml"), Document);
        var output = _directory.File("launch");
        var launched = await RunAsync("launch", _directory.File("shop.yaml"), "--output", output, "--id", _id);
        Assert.True(launched.Code == 0, launched.Error);
        using var plan = JsonDocument.Parse(File.ReadAllText(Path.Combine(output, "plan.json")));
        _db = plan.RootElement.GetProperty("instances")[0].GetProperty("uuid").GetString()!;
    }

    public Task DisposeAsync()
    {
        _directory.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Facts_are_printed_with_their_agent_and_time_and_reasons()
    {
        Assert.Equal(["  no facts were reported"], (await RunAsync("facts", _id)).OutLines[1..]);
        await ReportAsync("Sysconfig", new("sshd-port", "2222"), new("sshd-ports", null, "two daemons"));
        await ReportAsync("Host", new ReportedFact("key", "\"hidden\""));

        var all = await RunAsync("facts", _id);

        Assert.Equal(
            [
                $"db ({_db})",
                $"  Host, read 2026-03-01 12:00:00Z by audrey:guest:{_db}",
                "    key is not known: the value is secret",
                $"  Sysconfig, read 2026-03-01 12:00:00Z by audrey:guest:{_db}",
                "    sshd-port: 2222",
                "    sshd-ports is not known: two daemons",
            ],
            all.OutLines);
        Assert.Equal(all.OutLines[3..5], (await RunAsync("facts", _id, "db", "Sysconfig.sshd-port")).OutLines[1..]);
        var json = await RunAsync("facts", _id, _db, "Sysconfig", "--json");
        using var facts = JsonDocument.Parse(Assert.Single(json.OutLines));
        Assert.Equal(2222, facts.RootElement.GetProperty("classes")[0].GetProperty("values").GetProperty("sshd-port").GetInt32());
    }

    [Fact]
    public async Task An_unknown_fact_has_the_nearest_name_as_its_remedy()
    {
        await ReportAsync("Sysconfig", new ReportedFact("sshd-port", "2222"));

        var misspelt = await RunAsync("facts", _id, "db", "Sysconfig.ssh-port");

        Assert.Equal(4, misspelt.Code);
        Assert.Contains(
            "No agent has reported Sysconfig.ssh-port; did you mean Sysconfig.sshd-port?", misspelt.Error, StringComparison.Ordinal);
        Assert.Equal(4, (await RunAsync("facts", _id, "dbb")).Code);
        Assert.Equal(4, (await RunAsync("facts", "no-such-deployable")).Code);
    }

    [Fact]
    public async Task The_status_says_since_when_an_instance_has_been_silent()
    {
        await Db.ObserveHeartbeat(null, FactReport.AgentOf(InstanceId.Parse(_db)), FactLimits.MinHeartbeatInterval);

        await Task.Run(async () =>
        {
            while (!(await RunAsync("status", _id)).Out.Contains(", silent since ", StringComparison.Ordinal))
            {
            }
        }).WaitAsync(TimeSpan.FromSeconds(60));
        var status = await RunAsync("status", _id);
        Assert.Contains("0 of 1 instances configured, 1 silent", status.OutLines[0], StringComparison.Ordinal);
        Assert.Contains("db is silent: no agent on its machine has sent a heartbeat since", status.Out, StringComparison.Ordinal);
        Assert.Contains(": silent since ", (await RunAsync("facts", _id)).OutLines[0], StringComparison.Ordinal);
    }

    private IGuestGrain Db => https.Server.Services.GetRequiredService<IGrainFactory>()
        .GetGrain<IGuestGrain>(GrainKeys.Of(InstanceId.Parse(_db)));

    private async Task ReportAsync(string factClass, params ReportedFact[] facts) => Assert.Equal(
        FactOutcome.Recorded,
        (await Db.ObserveFacts(null, new FactReport
        {
            Agent = FactReport.AgentOf(InstanceId.Parse(_db)),
            Class = factClass,
            At = At,
            Facts = [.. facts],
        })).Outcome);

    private Task<CliResult> RunAsync(params string[] arguments) => Support.Cli.RunAsync(_environment, arguments);
}
