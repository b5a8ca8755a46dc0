using Audrey.Bus.Connections;
using Audrey.Bus.Consoles;
using Audrey.Bus.Qmf;
using Audrey.Bus.Tests.Support;

namespace Audrey.Bus.Tests.Broker;

public sealed class AgentAndConsoleTests : IAsyncLifetime
{
    private readonly TestBus _bus = new();
    private readonly List<IAsyncDisposable> _open = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var item in _open) await item.DisposeAsync();
        await _bus.DisposeAsync();
    }

    [Fact]
    public async Task A_console_finds_an_agent_and_reads_its_objects_and_schemas()
    {
        var agent = await StartAgentAsync("one");
        var console = await StartConsoleAsync();
        await console.LocateAsync(QmfPredicate.Equal("hostname", "host-one"));
        await Limit.UntilAsync(() => console.Find(agent.Name) is not null);
        var seen = console.Find(agent.Name)!;
        Assert.Equal("host-one", seen.Description.Attributes["hostname"]);
        Assert.Equal("agent-one", seen.UserId);

        var query = new QmfQuery(QmfTarget.Object) { Schema = SampleAgent.SysconfigId };
        var item = Assert.Single(await console.QueryAsync(agent.Name, query, Limit.Token));
        Assert.Equal(2200L, item.Values["sshd-port"]);
        agent.Port = 2222;
        Assert.Equal(2222L, (await console.QueryAsync(agent.Name, query, Limit.Token))[0].Values["sshd-port"]);

        var schemas = await console.SchemaAsync(agent.Name, null, Limit.Token);
        Assert.Equal(["Sysconfig", "Host"], schemas.Select(schema => schema.Id.Class));
        Assert.Equal(agent.Schemas[0].Id.Hash, schemas[0].Id.Hash);
        Assert.Equal("query", schemas[0].Methods[0].Name);
        Assert.Equal("B", schemas[1].Properties[0].Unit);
    }

    [Fact]
    public async Task A_query_without_a_class_has_an_answer_for_each_object()
    {
        var agent = await StartAgentAsync("one");
        var console = await StartConsoleAsync();
        var all = await console.QueryAsync(agent.Name, new QmfQuery(QmfTarget.Object), Limit.Token);
        Assert.Equal(["Sysconfig", "Host"], all.Select(item => item.Schema!.Class));
        var none = new QmfQuery(QmfTarget.Object) { Where = QmfPredicate.Equal("sshd-port", 1L) };
        Assert.Empty(await console.QueryAsync(agent.Name, none, Limit.Token));
    }

    [Fact]
    public async Task A_method_returns_its_results_or_the_reason_of_the_agent()
    {
        var agent = await StartAgentAsync("one");
        var console = await StartConsoleAsync();
        var call = new QmfCall(null, "query", new Dictionary<string, object?> { ["text"] = "sshd-port" });
        var results = await console.CallAsync(agent.Name, call, Limit.Token);
        Assert.Equal(2200L, results["value"]);
        Assert.Equal("console", results["user"]);
        var wrong = call with { Arguments = new Dictionary<string, object?> { ["text"] = "nothing" } };
        var refused = await Assert.ThrowsAsync<QmfException>(() => console.CallAsync(agent.Name, wrong, Limit.Token));
        Assert.Equal("There is no property 'nothing'.", refused.Message);
    }

    [Fact]
    public async Task A_console_receives_changes_and_events()
    {
        var agent = await StartAgentAsync("one");
        var console = await StartConsoleAsync();
        var changed = await agent.Agent.PublishAsync("Sysconfig", [agent.Sysconfig()]);
        Assert.Equal(BusOutcomeKind.Accepted, changed.Kind);
        await agent.Agent.RaiseAsync(new QmfObject(new Dictionary<string, object?> { ["name"] = "sshd-port" })
        {
            Schema = new QmfSchemaId("audrey", "fact_changed", true),
            Severity = 6,
            UpdatedAt = 7,
        });
        var received = new List<QmfIndication>();
        await foreach (var indication in console.Indications(Limit.Token))
        {
            if (!indication.IsHeartbeat) received.Add(indication);
            if (received.Count == 2) break;
        }

        Assert.Equal(2200L, received[0].Objects[0].Values["sshd-port"]);
        Assert.Equal(agent.Name.ToString(), received[0].Agent);
        Assert.Equal((6, 7UL), (received[1].Objects[0].Severity, received[1].Objects[0].UpdatedAt));
    }

    [Fact]
    public async Task The_profile_of_qpidd_gives_the_key_as_a_filter()
    {
        await using var agent = new SampleAgent(Qpidd("agent-one"), "one");
        agent.Connection.Start();
        await agent.Connection.WaitConnectedAsync(Limit.Token);
        await using var connection = Qpidd("console");
        var console = new QmfConsole(connection, TimeProvider.System);
        connection.Start();
        await connection.WaitConnectedAsync(Limit.Token);
        Assert.Equal(2, (await console.QueryAsync(agent.Name, new QmfQuery(QmfTarget.Object), Limit.Token)).Count);
    }

    private BusConnection Qpidd(string user) => new(_bus.OptionsOf(user) with { Profile = BusProfile.Qpidd }, TimeProvider.System);

    private async Task<SampleAgent> StartAgentAsync(string instance)
    {
        var agent = new SampleAgent(_bus.Connection("agent-" + instance), instance);
        _open.Add(agent);
        agent.Connection.Start();
        await agent.Connection.WaitConnectedAsync(Limit.Token);
        return agent;
    }

    private async Task<QmfConsole> StartConsoleAsync()
    {
        var connection = _bus.Connection("console");
        _open.Add(connection);
        var console = new QmfConsole(connection, TimeProvider.System);
        connection.Start();
        await connection.WaitConnectedAsync(Limit.Token);
        return console;
    }
}
