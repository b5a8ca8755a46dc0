using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Client;
using Audrey.Core.Facts;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using Microsoft.Extensions.DependencyInjection;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

/// <summary>Facts that agents report are values of provided parameters, and conductors see them.</summary>
[Collection(ServerCollection.Name)]
public sealed class FactsTests(ServerFixture server)
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _id = NewId("shop");
    private readonly string _db = NewId("db");
    private readonly string _web = NewId("web");

    private BasicClient Conductor => server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);

    private BasicClient Other => server.Server.Basic(RunningServer.OtherConductorKey, RunningServer.OtherConductorSecret);

    private IGuestGrain Db => server.Server.Services.GetRequiredService<IGrainFactory>()
        .GetGrain<IGuestGrain>(GrainKeys.Of(InstanceId.Parse(_db)));

    [Fact]
    public async Task A_named_fact_completes_the_configuration_of_a_dependent()
    {
        await Register("""{"name":"ssh_port","fact":"Sysconfig.sshd-port"}""");
        var provide = Assert.Single((await server.Server.Basic(_db, SecretOf(_db)).Hello()).Provide);
        Assert.Equal(("ssh_port", "Sysconfig.sshd-port"), (provide.Name, provide.Fact));

        Assert.Equal(FactOutcome.Recorded, (await Report("2222")).Outcome);

        var configuration = await server.Server.Basic(_web, SecretOf(_web)).Configuration();
        Assert.True(configuration.Complete);
        Assert.Equal("2222", configuration.Services[0].Parameters[0].Value!.ToString());
        Assert.All((await server.Server.Basic(_db, SecretOf(_db)).Hello()).Provide, one => Assert.True(one.Given));
    }

    [Fact]
    public async Task A_conductor_reads_the_agent_the_time_the_values_and_the_reasons()
    {
        await Register("""{"name":"ssh_port","fact":"Sysconfig.sshd-port"}""");
        await Report("2222");

        var facts = BasicClient.Read(await Conductor.Get($"/v3/instances/{_db}/facts"), StatusJson.Default.FactsStatus);

        Assert.Equal((_db, "db", _id, 1), (facts.Instance.Value, facts.Label, facts.Deployable.Value, facts.Generation));
        var sysconfig = Assert.Single(facts.Classes);
        Assert.Equal(("Sysconfig", $"audrey:guest:{_db}", At), (sysconfig.Class, sysconfig.Agent, sysconfig.Time));
        Assert.Equal(2222, sysconfig.Values["sshd-port"].GetInt32());
        Assert.Equal("two daemons", sysconfig.Unknown["sshd-ports"]);
        BasicClient.Problem(await Other.Get($"/v3/instances/{_db}/facts"), 404);
        BasicClient.Problem(await Conductor.Get($"/v3/instances/{NewId("no")}/facts"), 404);
        await using var client = await server.Server.Connect(RunningServer.ConductorKey, RunningServer.ConductorSecret);
        var read = await client.GetFactsAsync(InstanceId.Parse(_db));
        Assert.Equal(2222, read.Classes.Single().Values["sshd-port"].GetInt32());
        await using var stranger = await server.Server.Connect(RunningServer.OtherConductorKey, RunningServer.OtherConductorSecret);
        await Assert.ThrowsAsync<NotFoundException>(() => stranger.GetFactsAsync(InstanceId.Parse(_db)));
    }

    [Fact]
    public async Task A_secret_fact_reaches_its_dependent_and_is_shown_to_nobody()
    {
        await Register("""{"name":"ssh_port","secret":true,"fact":"Sysconfig.sshd-port"}""");
        await Report("\"a secret value\"");

        Assert.True((await server.Server.Basic(_web, SecretOf(_web)).Configuration()).Complete);
        var shown = await Conductor.Get($"/v3/instances/{_db}/facts");
        Assert.DoesNotContain("a secret value", shown.Text, StringComparison.Ordinal);
        Assert.Contains("the value is secret", shown.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_of_facts_is_an_event_and_silence_is_in_the_summary()
    {
        await Register("""{"name":"ssh_port","fact":"Sysconfig.sshd-port"}""");
        await Report("22");
        await Report("2222", seconds: 1);
        await Db.ObserveHeartbeat(1, FactReport.AgentOf(InstanceId.Parse(_db)), FactLimits.MinHeartbeatInterval);

        Event? changed = null;
        for (long after = 0; changed is null;)
        {
            var answer = await Conductor.Get($"/v3/deployables/{_id}/events?after={after}&wait=5");
            var page = BasicClient.Read(answer, Version3Json.Default.EventList);
            changed = page.Events.FirstOrDefault(entry => entry.Kind == "facts-changed");
            after = page.Next;
        }

        Assert.Equal("Sysconfig.sshd-port", Assert.Single(changed.Names!));
        Assert.Equal($"db ({_db}) has other facts: Sysconfig.sshd-port", changed.Detail);
        await Task.Run(async () =>
        {
            while (BasicClient.Read(await Conductor.Get($"/v3/deployables/{_id}/summary"), StatusJson.Default.DeployableSummary)
                .Counts!.Silent != 1)
            {
            }
        }).Within("the silence");
        var sentence = Assert.Single((await Conductor.StatusInPages(_id)).Silent);
        Assert.StartsWith("db is silent: no agent on its machine has sent a heartbeat since ", sentence, StringComparison.Ordinal);
    }

    private async Task Register(string provide)
    {
        var body = $$"""
            {
              "name": "shop",
              "instances": [
                { "id": "{{_db}}", "assembly": "db", "secret": "{{SecretOf(_db)}}", "provide": [{{provide}}] },
                {
                  "id": "{{_web}}", "assembly": "web", "secret": "{{SecretOf(_web)}}",
                  "services": [{ "name": "s", "executable": { "contents": "#!/bin/sh" }, "parameters": [
                    { "name": "port", "secret": true, "from": { "instance": "{{_db}}", "parameter": "ssh_port" } }
                  ] }]
                }
              ]
            }
            """;
        var answer = await Conductor.Put($"/v3/deployables/{_id}", body);
        Assert.True(answer.Status is 200 or 201, answer.Text);
    }

    private Task<FactAnswer> Report(string port, int seconds = 0) => Db.ObserveFacts(1, new FactReport
    {
        Agent = FactReport.AgentOf(InstanceId.Parse(_db)),
        Class = "Sysconfig",
        At = At.AddSeconds(seconds),
        Facts = [new("sshd-port", port), new("sshd-ports", null, "two daemons")],
    });
}
