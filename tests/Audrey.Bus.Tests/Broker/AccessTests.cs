using Audrey.Bus.Broker;
using Audrey.Bus.Connections;
using Audrey.Bus.Qmf;
using Audrey.Bus.Tests.Support;

namespace Audrey.Bus.Tests.Broker;

public sealed class AccessTests
{
    private static readonly BusAddress AllAgents = new(BusAddress.Topic, "agent.#");

    // The rule of the server: a guest speaks only for its own agent.
    private static readonly TestAccess OnlyOwnAgent = new()
    {
        Send = (user, _, agents) => agents.All(agent => agent == "audrey:guest:" + user.Name) ? null : $"{user.Name} is another agent.",
        Listen = (user, address) => user.Name == "guest" && address.Key == "agent.#" ? "A guest does not hear other agents." : null,
        Receive = (receiver, sender) => receiver.Name != "stranger",
    };

    [Fact]
    public async Task A_wrong_secret_is_named()
    {
        await using var bus = new TestBus();
        await using var connection = new BusConnection(bus.OptionsOf("guest") with { Secret = "wrong" }, TimeProvider.System);
        connection.Start();
        await Limit.UntilAsync(() => connection.LastError is not null);
        Assert.Equal("The broker refused the user 'guest' or its secret.", connection.LastError);
        Assert.Equal(0, bus.Bus.Connections);
    }

    [Fact]
    public async Task An_unknown_node_is_named()
    {
        await using var bus = new TestBus();
        var profile = BusProfile.Audrey with { Source = "no.such.exchange/{key}" };
        await using var connection = new BusConnection(bus.OptionsOf("guest") with { Profile = profile }, TimeProvider.System);
        connection.Receive(AllAgents, 1, _ => ValueTask.CompletedTask);
        connection.Start();
        await Limit.UntilAsync(() => connection.LastError is not null);
        Assert.Equal(
            "The broker refused qmf.default.topic/agent.#: There is no node 'no.such.exchange/agent.#'. "
            + "The nodes are qmf.default.topic and qmf.default.direct, each with /KEY.",
            connection.LastError);
    }

    [Fact]
    public async Task A_receiver_without_permission_gets_the_reason()
    {
        await using var bus = new TestBus(OnlyOwnAgent);
        await using var connection = bus.Connection("guest");
        connection.Receive(AllAgents, 1, _ => ValueTask.CompletedTask);
        connection.Start();
        await Limit.UntilAsync(() => connection.LastError is not null);
        Assert.Equal("The broker refused qmf.default.topic/agent.#: A guest does not hear other agents.", connection.LastError);
    }

    [Fact]
    public async Task An_agent_that_claims_the_name_of_another_one_is_refused_wherever_the_name_is()
    {
        await using var bus = new TestBus(OnlyOwnAgent);
        await using var connection = bus.Connection("guest");
        connection.Start();
        var heartbeat = HostileClientTests.Heartbeat("guest");
        Assert.Equal(BusOutcome.Accepted, await connection.SendAsync(heartbeat).WaitAsync(Limit.Token));
        var refused = BusOutcome.Rejected("amqp:unauthorized-access", "guest is another agent.");
        Assert.Equal(refused, await connection.SendAsync(heartbeat with { Agent = "audrey:guest:other" }));
        Assert.Equal(refused, await connection.SendAsync(HostileClientTests.Heartbeat("other") with { Agent = heartbeat.Agent }));
        var item = new QmfObject(new Dictionary<string, object?>()) { Id = new QmfObjectId("audrey:guest:other", "Sysconfig") };
        var data = heartbeat with { Opcode = QmfOpcodes.DataIndication, Body = new List<object?> { item.Write() } };
        Assert.Equal(refused, await connection.SendAsync(data));
    }

    [Fact]
    public async Task The_bus_replaces_the_user_that_a_message_claims()
    {
        await using var bus = new TestBus();
        var listener = new RecordingListener();
        using var listening = bus.Bus.Listen(AllAgents, listener);
        await using var connection = bus.Connection("guest");
        connection.Start();
        await connection.SendAsync(HostileClientTests.Heartbeat("guest") with { UserId = "admin" }).WaitAsync(Limit.Token);
        Assert.Equal("guest", Assert.Single(listener.Messages).UserId);
    }

    [Fact]
    public async Task A_receiver_gets_only_messages_that_it_may_receive()
    {
        await using var bus = new TestBus(OnlyOwnAgent);
        var heard = new TaskCompletionSource<string>();
        await using var stranger = bus.Connection("stranger");
        stranger.Receive(AllAgents, 10, _ => throw new InvalidOperationException("The stranger must hear nothing."));
        await using var admin = bus.Connection("admin");
        admin.Receive(AllAgents, 10, delivery =>
        {
            delivery.Accept();
            heard.TrySetResult(delivery.Message.Agent);
            return ValueTask.CompletedTask;
        });
        stranger.Start();
        admin.Start();
        await stranger.WaitConnectedAsync(Limit.Token);
        await admin.WaitConnectedAsync(Limit.Token);
        await using var guest = bus.Connection("guest");
        guest.Start();
        await guest.SendAsync(HostileClientTests.Heartbeat("guest")).WaitAsync(Limit.Token);
        Assert.Equal("audrey:guest:guest", await heard.Task.WaitAsync(Limit.Token));
        // The bus counts what it drops for a receiver; it has given the stranger nothing that could be dropped or be sent.
        Assert.Equal(0, stranger.Malformed);
    }

    [Fact]
    public async Task A_sender_is_answered_when_the_listener_of_this_process_has_processed_its_message()
    {
        await using var bus = new TestBus();
        var listener = new RecordingListener { Outcome = new TaskCompletionSource<BusOutcome>() };
        using var listening = bus.Bus.Listen(AllAgents, listener);
        await using var connection = bus.Connection("guest");
        connection.Start();
        var sent = connection.SendAsync(HostileClientTests.Heartbeat("guest"));
        await Limit.UntilAsync(() => listener.Messages.Count == 1);
        Assert.False(sent.IsCompleted);
        var rejected = BusOutcome.Rejected("audrey:wrong-value", "The port is not a number.");
        listener.Outcome.SetResult(rejected);
        Assert.Equal(rejected, await sent.WaitAsync(Limit.Token));
        listener.Outcome = new TaskCompletionSource<BusOutcome>();
        listener.Outcome.SetException(new InvalidOperationException("The grain did not answer."));
        sent = connection.SendAsync(HostileClientTests.Heartbeat("guest"));
        Assert.Equal(BusOutcomeKind.Released, (await sent.WaitAsync(Limit.Token)).Kind);
    }

    [Fact]
    public async Task A_user_can_be_disconnected()
    {
        var isRevoked = false;
        var access = new TestAccess { Listen = (_, _) => null };
        await using var bus = new TestBus(access);
        await using var connection = bus.Connection("guest");
        connection.StateChanged += state => isRevoked |= state is BusState.Waiting;
        connection.Start();
        await connection.WaitConnectedAsync(Limit.Token);
        bus.Bus.Disconnect("guest", "The secret was replaced.");
        await Limit.UntilAsync(() => isRevoked);
        Assert.Equal("The connection was lost: The secret was replaced.", connection.LastError);
    }

    [Fact]
    public async Task A_message_that_is_not_QMF_is_rejected_with_the_part_that_is_wrong()
    {
        await using var bus = new TestBus();
        await using var connection = bus.Connection("guest");
        connection.Start();
        var message = HostileClientTests.Heartbeat("guest") with { Body = new List<object?>() };
        var outcome = await connection.SendAsync(message).WaitAsync(Limit.Token);
        Assert.Equal(BusOutcome.Rejected("amqp:decode-error", "body is not a map."), outcome);
    }

    private sealed class RecordingListener : IBusListener
    {
        public List<QmfMessage> Messages { get; } = [];

        public TaskCompletionSource<BusOutcome>? Outcome { get; set; }

        public async ValueTask<BusOutcome> ReceiveAsync(BusUser sender, QmfMessage message, CancellationToken cancellationToken)
        {
            lock (Messages) Messages.Add(message);
            return Outcome is null ? BusOutcome.Accepted : await Outcome.Task;
        }
    }
}
