using Audrey.Bus.Connections;
using Audrey.Bus.Consoles;
using Audrey.Bus.Qmf;
using Audrey.Bus.Tests.Support;

namespace Audrey.Bus.Tests.Interop;

/// <summary>Agents and consoles over a real RabbitMQ with the plugin for AMQP 1.0.</summary>
public sealed class RabbitMqTests(RabbitMq rabbit) : IClassFixture<RabbitMq>, IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _open = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var item in Enumerable.Reverse(_open)) await item.DisposeAsync();
    }

    [Fact]
    public async Task An_agent_and_a_console_talk_over_RabbitMQ_and_leave_no_queues()
    {
        var (agent, console, connection) = await StartAsync("exchange");
        await console.LocateAsync(QmfPredicate.Equal("_instance", "exchange"));
        await Limit.UntilAsync(() => console.Find(agent.Name) is not null);
        var query = new QmfQuery(QmfTarget.Object);
        Assert.Equal(2200L, (await console.QueryAsync(agent.Name, query, Limit.Token))[0].Values["sshd-port"]);
        agent.Port = 2222;
        Assert.Equal(2222L, (await console.QueryAsync(agent.Name, query, Limit.Token))[0].Values["sshd-port"]);
        Assert.Equal(2, (await console.SchemaAsync(agent.Name, null, Limit.Token)).Count);
        var refused = await Assert.ThrowsAsync<QmfException>(
            () => console.CallAsync(agent.Name, new QmfCall(null, "reboot", new Dictionary<string, object?>()), Limit.Token));
        Assert.Equal("There is no method 'reboot'.", refused.Message);
        Assert.Equal(BusOutcomeKind.Accepted, (await agent.Agent.PublishAsync("Sysconfig", [agent.Sysconfig(), agent.Sysconfig()])).Kind);
        // RabbitMQ ends the session of a sender that it does not understand.
        Assert.Equal((1, 1), (agent.Connection.Connects, connection.Connects));
        await foreach (var indication in console.Indications(Limit.Token))
        {
            if (indication.IsHeartbeat) continue;
            Assert.Equal(2222L, indication.Objects[0].Values["sshd-port"]);
            break;
        }

        foreach (var item in Enumerable.Reverse(_open)) await item.DisposeAsync();
        _open.Clear();
        var limit = Limit.Token;
        while ((await rabbit.ControlAsync("list_queues", "-q", "name")).Contains("amq.gen", StringComparison.Ordinal))
            limit.ThrowIfCancellationRequested();
    }

    [Fact]
    public async Task A_console_of_proton_reads_an_agent_over_RabbitMQ()
    {
        var (agent, _, _) = await StartAsync("proton");
        await using var peer = await PeerProgram.PythonAsync(
            "console.py", rabbit.Url, "console", "secret of console", "/exchange/qmf.default.topic", "/exchange/qmf.default.topic/{key}");
        var located = await peer.AskAsync("locate", new { });
        var subject = located.GetProperty("body").GetProperty("_values").GetProperty("_direct_subject").GetString()!;
        agent.Port = 2201;
        var answer = await peer.AskAsync("query", subject, "OBJECT", "Sysconfig");
        Assert.Equal(2201, answer.GetProperty("body")[0].GetProperty("_values").GetProperty("sshd-port").GetInt32());
    }

    [Fact]
    public async Task A_missing_exchange_is_named()
    {
        var profile = BusProfile.RabbitMq with { Source = "/exchange/no.such.exchange/{key}" };
        var connection = Open(new BusConnection(rabbit.OptionsOf("console") with { Profile = profile }, TimeProvider.System));
        _ = new QmfConsole(connection, TimeProvider.System);
        connection.Start();
        await Limit.UntilAsync(() => connection.LastError is not null);
        Assert.Contains("no.such.exchange", connection.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_secret_is_named()
    {
        var connection = Open(new BusConnection(rabbit.OptionsOf("console") with { Secret = "wrong" }, TimeProvider.System));
        connection.Start();
        await Limit.UntilAsync(() => connection.LastError is not null);
        Assert.Equal("The broker refused the user 'console' or its secret.", connection.LastError);
    }

    [Fact]
    public async Task After_a_restart_of_RabbitMQ_waiting_messages_arrive()
    {
        var (agent, console, connection) = await StartAsync("restart");
        await rabbit.KillAsync();
        await Limit.UntilAsync(() => agent.Connection.State is not BusState.Connected);
        agent.Port = 2203;
        var published = agent.Agent.PublishAsync("Sysconfig", [agent.Sysconfig()]);
        await rabbit.StartAsync();
        Assert.Equal(BusOutcomeKind.Accepted, (await published.WaitAsync(Limit.Token)).Kind);
        await Limit.UntilAsync(() => agent.Connection.State is BusState.Connected);
        await ConnectedAsync(connection);
        Assert.Equal(2203L, (await console.QueryAsync(agent.Name, new QmfQuery(QmfTarget.Object), Limit.Token))[0].Values["sshd-port"]);
    }

    [Fact]
    public async Task A_frozen_RabbitMQ_is_given_up_and_found_again()
    {
        var (agent, _, _) = await StartAsync("frozen");
        rabbit.Freeze();
        try
        {
            var published = agent.Agent.PublishAsync("Sysconfig", [agent.Sysconfig()]);
            await Limit.UntilAsync(() => agent.Connection.LastError is not null);
            rabbit.Resume();
            Assert.Equal(BusOutcomeKind.Accepted, (await published.WaitAsync(Limit.Token)).Kind);
        }
        finally
        {
            rabbit.Resume();
        }
    }

    private async Task<(SampleAgent Agent, QmfConsole Console, BusConnection Connection)> StartAsync(string instance)
    {
        var agent = Open(new SampleAgent(new BusConnection(rabbit.OptionsOf("agent"), TimeProvider.System), instance));
        agent.Connection.Start();
        var connection = Open(new BusConnection(rabbit.OptionsOf("console"), TimeProvider.System));
        var console = new QmfConsole(connection, TimeProvider.System);
        connection.Start();
        await ConnectedAsync(agent.Connection);
        await ConnectedAsync(connection);
        return (agent, console, connection);
    }

    private static Task ConnectedAsync(BusConnection connection) => connection.WaitConnectedAsync(Limit.Token);

    private T Open<T>(T item)
        where T : IAsyncDisposable
    {
        _open.Add(item);
        return item;
    }
}
