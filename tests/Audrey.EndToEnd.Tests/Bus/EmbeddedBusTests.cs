using Audrey.Abstractions;
using Audrey.Abstractions.Instances;
using Audrey.Bus.Connections;
using Audrey.Bus.Consoles;
using Audrey.Bus.Qmf;
using Audrey.Core.Facts;
using Audrey.Core.Ids;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Bus;

/// <summary>Facts reach the server over its embedded bus, and each user sends and sees only what it may.</summary>
[Collection(ServerCollection.Name)]
public sealed class EmbeddedBusTests(ServerFixture server)
{
    private readonly string _first = NewId("first");
    private readonly string _client = NewId("client");
    private readonly string _deployable = NewId("ports");

    private BasicClient Conductor => server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);

    [Fact]
    public async Task A_fact_completes_the_configuration_of_another_instance_and_a_changed_fact_changes_it()
    {
        var client = await RegisterBoth();
        await using var agent = await FactAgent.Connect(await Url(), _first, SecretOf(_first));

        Assert.Equal(BusOutcome.Accepted, await agent.Publish(2222));

        var first = await client.Configuration();
        Assert.True(first.Complete);
        Assert.Equal("2222", PortIn(first));

        var waiting = client.GetOwn("configuration?wait=30s", first.Revision);
        Assert.Equal(BusOutcome.Accepted, await agent.Publish(2022));

        Assert.Equal("2022", PortIn(BasicClient.Read(await waiting, Version3Json.Default.Configuration)));
    }

    [Fact]
    public async Task The_same_value_over_HTTP_and_over_the_bus_counts_once()
    {
        var client = await RegisterBoth();
        await server.Server.Basic(_first, SecretOf(_first)).Give(1, ("sshd-port", 2222));
        var revision = (await client.Configuration()).Revision;
        await using var agent = await FactAgent.Connect(await Url(), _first, SecretOf(_first));

        Assert.Equal(BusOutcome.Accepted, await agent.Publish(2222));
        Assert.Equal(BusOutcome.Accepted, await agent.Repeat());

        Assert.Equal(revision, (await client.Configuration()).Revision);
        var values = BasicClient.Read(
            await Conductor.Get($"/v3/deployables/{_deployable}/events"), Version3Json.Default.EventList).Events;
        Assert.Single(values, entry => entry.Kind == "values-given" && entry.Instance == _first);
    }

    [Fact]
    public async Task An_agent_cannot_speak_for_another_instance()
    {
        await RegisterBoth();
        await using var connection = new BusConnection(
            new BusOptions { Url = new Uri(await Url()), User = _client, Secret = SecretOf(_client) }, TimeProvider.System);
        connection.Start();
        var name = $"audrey:guest:{_first}";
        var body = new Dictionary<string, object?>
        {
            ["_values"] = new Dictionary<string, object?> { ["sshd-port"] = 6666L },
            ["_object_id"] = new Dictionary<string, object?> { ["_agent_name"] = name, ["_object_name"] = "Sysconfig" },
        };
        var message = new QmfMessage(
            QmfOpcodes.DataIndication, new BusAddress(BusAddress.Topic, "agent.ind.data.audrey.Sysconfig"), new List<object?> { body })
        {
            Content = "_data",
        };

        foreach (var header in (string[])[name, $"audrey:guest:{_client}", ""])
        {
            var outcome = await connection.SendAsync(message with { Agent = header }).Within("the answer to a message");
            Assert.Equal(BusOutcomeKind.Rejected, outcome.Kind);
            Assert.Contains(name, outcome.Description, StringComparison.Ordinal);
        }

        Assert.Contains((await server.Server.Basic(_first, SecretOf(_first)).Hello()).Provide, value => !value.Given);
    }

    [Fact]
    public async Task An_agent_with_the_name_of_another_instance_is_not_connected()
    {
        await RegisterBoth();
        await using var agent = FactAgent.Create(await Url(), _client, SecretOf(_client), new AgentName("audrey", "guest", _first));

        await Refusal(agent);

        Assert.Contains($"audrey:guest:{_first}", agent.Connection.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_secret_is_refused()
    {
        await RegisterBoth();
        await using var agent = FactAgent.Create(await Url(), _first, "wrong");

        await Refusal(agent);
    }

    [Fact]
    public async Task After_a_new_registration_the_old_guest_is_disconnected_and_its_message_changes_nothing()
    {
        await RegisterBoth();
        await using var agent = await FactAgent.Connect(await Url(), _first, SecretOf(_first));
        Assert.Equal(BusOutcome.Accepted, await agent.Publish(2222));
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        agent.Connection.StateChanged += state =>
        {
            if (state == BusState.Waiting) lost.TrySetResult();
        };
        var again = await server.Conductor.Post(
            $"/configs/2/{_first}", Document(_first, Provides("sshd-port"), _deployable, secret: "another-secret"));
        Assert.Equal(200, again.Status);

        var outcome = await agent.Publish(6666);

        Assert.NotEqual(BusOutcomeKind.Accepted, outcome.Kind);
        await lost.Task.Within("the end of the connection of an old guest");
        Assert.Contains(
            (await server.Server.Basic(_first, "another-secret").Hello()).Provide, value => value is { Given: false });
    }

    [Fact]
    public async Task A_conductor_sees_queries_and_calls_only_the_agents_of_its_own_instances()
    {
        await RegisterBoth();
        await using var agent = await FactAgent.Connect(await Url(), _first, SecretOf(_first));
        await using var own = await Console(RunningServer.ConductorKey, RunningServer.ConductorSecret);
        await using var other = await Console(RunningServer.OtherConductorKey, RunningServer.OtherConductorSecret);

        await own.Console.LocateAsync();
        await other.Console.LocateAsync();
        var objects = await own.Console.QueryAsync(agent.Name, new QmfQuery(QmfTarget.Object), CancellationToken.None)
            .Within("the answer of an agent to its conductor");
        var results = await own.Console.CallAsync(
            agent.Name, new QmfCall(null, "query", new Dictionary<string, object?>()), CancellationToken.None)
            .Within("the answer to a call");

        Assert.Equal(2222L, Assert.Single(objects).Values["sshd-port"]);
        Assert.Equal(2222L, results["port"]);
        Assert.Equal(_first, own.Console.Find(agent.Name)?.UserId);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<Exception>(
            () => other.Console.QueryAsync(agent.Name, new QmfQuery(QmfTarget.Object), patience.Token));
        Assert.Null(other.Console.Find(agent.Name));
    }

    [Fact]
    public async Task A_foreign_agent_that_only_answers_queries_gives_its_facts()
    {
        await RegisterBoth();
        var name = new AgentName("matahariproject.org", "Sysconfig", Guid.NewGuid().ToString());
        await using var agent = await FactAgent.Connect(await Url(), _first, SecretOf(_first), name);
        var grain = server.Server.Services.GetRequiredService<IGrainFactory>()
            .GetGrain<IInstanceGrain>(
                GrainKeys.Of(InstanceId.Parse(_first)));

        KeptFacts? facts = null;
        await Deadlines.Until(async () => (facts = await grain.GetFacts()) is { Reports.Length: > 0 }, "the facts of a foreign agent");

        var report = Assert.Single(facts!.Reports);
        Assert.Equal("2222", report.Find("sshd-port")?.Value);
        Assert.StartsWith(name.ToString(), report.Agent, StringComparison.Ordinal);
    }

    private static string? PortIn(Configuration configuration) =>
        Assert.Single(Assert.Single(configuration.Services).Parameters).Value?.ToString();

    private static Task Refusal(FactAgent agent)
    {
        var refused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        agent.Connection.StateChanged += state =>
        {
            if (state == BusState.Waiting) refused.TrySetResult();
            else if (state == BusState.Connected) refused.TrySetException(new InvalidOperationException("It is connected."));
        };
        agent.Connection.Start();
        return refused.Task.Within("the refusal of a connection");
    }

    private async Task<BasicClient> RegisterBoth()
    {
        await server.Register(_first, Provides("sshd-port"), _deployable);
        return await server.RegisterVersion3(
            _client, Services(Service("connect", Refers("port", _first, "sshd-port"))), _deployable);
    }

    private async Task<string> Url() =>
        BasicClient.Read(await Conductor.Get("/v3/bus"), Version3Json.Default.BusInfo).Url
        ?? throw new InvalidOperationException("There is no bus.");

    private async Task<ConnectedConsole> Console(string key, string secret)
    {
        var connection = new BusConnection(new BusOptions { Url = new Uri(await Url()), User = key, Secret = secret }, TimeProvider.System);
        var console = new QmfConsole(connection, TimeProvider.System);
        connection.Start();
        await connection.WaitConnectedAsync(CancellationToken.None).Within("the connection of a console");
        return new(connection, console);
    }

    private sealed record ConnectedConsole(BusConnection Connection, QmfConsole Console) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Connection.DisposeAsync();
    }
}
