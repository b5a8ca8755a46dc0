using Audrey.Bus.Broker;
using Audrey.Bus.Qmf;
using Audrey.Bus.Tests.Support;

namespace Audrey.Bus.Tests.Broker;

/// <summary>Clients that do not keep to the protocol cost little and harm nobody.</summary>
public sealed class HostileClientTests
{
    private static readonly EmbeddedBusOptions Unbounded = new() { Endpoint = new System.Net.IPEndPoint(0, 0) };

    [Fact]
    public async Task A_message_without_an_end_closes_the_connection_at_the_limit()
    {
        await using var bus = new TestBus(change: options => options with { MaxMessageBytes = 100_000 });
        using var client = await RawClient.SignInAsync(bus.Bus.Endpoint, "endless");
        try
        {
            for (var part = 0; part < 1_000; part++) await client.SendPartAsync(10_000);
        }
        catch (IOException)
        {
            // The bus has closed the connection.
        }

        Assert.Contains("A message is larger than 100000 bytes.", await client.ReadToEndAsync(), StringComparison.Ordinal);
        await Limit.UntilAsync(() => bus.Bus.Connections == 0);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 7, 2, 0, 0, 0 })]
    [InlineData(new byte[] { 0x7f, 0, 0, 0, 2, 0, 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 8, 9, 0, 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 10, 2, 0, 0, 0, 1, 2 })]
    [InlineData(new byte[] { 0, 0, 0, 12, 2, 0, 0, 0, 0, 0x53, 0x14, 0xc0 })]
    public async Task A_malformed_frame_closes_only_its_connection(byte[] frame)
    {
        await using var bus = new TestBus();
        await using var other = bus.Connection("other");
        other.Start();
        await other.WaitConnectedAsync(Limit.Token);
        using var client = await RawClient.SignInAsync(bus.Bus.Endpoint, "malformed");
        await client.SendAsync(frame);
        await client.ReadToEndAsync();
        await Limit.UntilAsync(() => bus.Bus.Connections == 1);
        Assert.Equal(BusOutcomeKind.Accepted, (await other.SendAsync(Heartbeat("other"))).Kind);
    }

    [Fact]
    public async Task Random_bytes_after_the_sign_in_leave_the_bus_working()
    {
        await using var bus = new TestBus();
        var random = new Random(5);
        for (var run = 0; run < 100; run++)
        {
            using var client = await RawClient.SignInAsync(bus.Bus.Endpoint, "random" + run);
            var body = new byte[random.Next(1, 200)];
            random.NextBytes(body);
            // Half of the frames begin like the frames that the bus knows.
            if (run % 2 == 0) (body[0], body[^1]) = (0, 0);
            if (run % 2 == 0 && body.Length > 3) (body[1], body[2], body[3]) = (0x53, (byte)random.Next(0x10, 0x19), 0xc0);
            await client.SendFrameAsync(0, body);
        }

        await Limit.UntilAsync(() => bus.Bus.Connections == 0);
        await using var connection = bus.Connection("after");
        connection.Start();
        Assert.Equal(BusOutcomeKind.Accepted, (await connection.SendAsync(Heartbeat("after")).WaitAsync(Limit.Token)).Kind);
    }

    [Fact]
    public async Task A_client_that_does_not_sign_in_is_cut_off()
    {
        await using var bus = new TestBus(change: options => options with { HandshakeTimeout = TimeSpan.FromMilliseconds(50) });
        using var client = await RawClient.ConnectAsync(bus.Bus.Endpoint);
        Assert.Equal("", await client.ReadToEndAsync());
        Assert.Equal(1, bus.Bus.RefusedConnections);
    }

    [Fact]
    public async Task A_client_without_SASL_is_refused()
    {
        await using var bus = new TestBus();
        using var client = await RawClient.ConnectAsync(bus.Bus.Endpoint);
        await client.SendAsync([0x41, 0x4d, 0x51, 0x50, 0, 1, 0, 0]);
        // The answer is the protocol that the client should have used.
        Assert.Equal("AMQP\u0003\u0001\0\0", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_silent_connection_ends_after_the_idle_timeout()
    {
        await using var bus = new TestBus(change: options => options with { IdleTimeout = TimeSpan.FromMilliseconds(200) });
        using var client = await RawClient.SignInAsync(bus.Bus.Endpoint, "silent");
        // A client that does not answer is cut off 20 s later.
        await client.ReadUntilAsync("Connection closed after idle timeout 200 ms");
    }

    [Fact]
    public async Task A_user_can_have_only_some_connections()
    {
        await using var bus = new TestBus(change: options => options with { MaxConnectionsPerUser = 2 });
        var connections = Enumerable.Range(0, 3).Select(_ => bus.Connection("many")).ToList();
        foreach (var connection in connections) connection.Start();
        await Limit.UntilAsync(() => bus.Bus.Connections == 2 && bus.Bus.RefusedConnections > 0);
        Assert.Equal(2, bus.Bus.Connections);
        foreach (var connection in connections) await connection.DisposeAsync();
        await Limit.UntilAsync(() => bus.Bus.Connections == 0);
    }

    [Fact]
    public async Task A_receiver_that_does_not_answer_costs_a_bounded_queue()
    {
        await using var bus = new TestBus(change: options => options with { MaxQueuedMessages = 50 });
        await using var frozen = bus.Connection("frozen");
        var isReceived = new TaskCompletionSource();
        frozen.Receive(new BusAddress(BusAddress.Topic, "agent.#"), 10, _ =>
        {
            isReceived.TrySetResult();
            return ValueTask.CompletedTask;
        });
        frozen.Start();
        await frozen.WaitConnectedAsync(Limit.Token);
        await using var sender = bus.Connection("sender");
        sender.Start();
        for (var sent = 0; sent < 200; sent++) Assert.Equal(BusOutcomeKind.Accepted, (await sender.SendAsync(Heartbeat("sender"))).Kind);
        await isReceived.Task.WaitAsync(Limit.Token);
        Assert.Equal(200 - 10 - 50, bus.Bus.DroppedMessages);
    }

    [Fact]
    public void The_limits_are_set_by_default()
    {
        Assert.InRange(Unbounded.MaxMessageBytes, 1, 1 << 20);
        Assert.InRange(Unbounded.HandshakeTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
    }

    internal static QmfMessage Heartbeat(string instance) => new(
        QmfOpcodes.Heartbeat,
        new BusAddress(BusAddress.Topic, "agent.ind.heartbeat.audrey.guest." + instance),
        new AgentDescription(new AgentName("audrey", "guest", instance)) { HeartbeatInterval = TimeSpan.FromSeconds(10) }.Write())
    {
        Agent = "audrey:guest:" + instance,
    };
}
