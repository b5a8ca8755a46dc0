using Audrey.Bus.Connections;
using Audrey.Bus.Qmf;

namespace Audrey.Bus.Tests.Broker;

public sealed class SendQueueTests
{
    private static readonly BusAddress Address = new(BusAddress.Topic, "k");

    [Fact]
    public async Task A_full_queue_drops_the_oldest_indication_before_any_request()
    {
        using var queue = new SendQueue(2);
        var request = Message(QmfOpcodes.QueryRequest);
        var old = Message(QmfOpcodes.Heartbeat);
        var next = Message(QmfOpcodes.QueryResponse);
        queue.Add(request);
        queue.Add(old);
        queue.Add(next);
        Assert.Equal(BusOutcomeKind.Dropped, (await old.Outcome).Kind);
        Assert.Equal(1, queue.Dropped);
        var last = Message(QmfOpcodes.MethodRequest);
        queue.Add(last);
        Assert.Equal(BusOutcomeKind.Dropped, (await request.Outcome).Kind);
        Assert.Same(next, await queue.TakeAsync(CancellationToken.None));
        Assert.Same(last, await queue.TakeAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Messages_that_come_back_are_first_and_in_order()
    {
        using var queue = new SendQueue(10);
        QueuedMessage first = Message(QmfOpcodes.Heartbeat), second = Message(QmfOpcodes.Heartbeat), third = Message(QmfOpcodes.Heartbeat);
        queue.Add(third);
        queue.Return([first, second]);
        foreach (var expected in new[] { first, second, third }) Assert.Same(expected, await queue.TakeAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_closed_queue_drops_everything()
    {
        var queue = new SendQueue(10);
        var waiting = Message(QmfOpcodes.Heartbeat);
        queue.Add(waiting);
        queue.Dispose();
        var late = Message(QmfOpcodes.Heartbeat);
        queue.Add(late);
        Assert.Equal("The connection is closed.", (await waiting.Outcome).Description);
        Assert.Equal("The connection is closed.", (await late.Outcome).Description);
    }

    [Theory]
    [InlineData("http://h", null, "Give amqp://HOST[:PORT] or amqps://HOST[:PORT].")]
    [InlineData("amqp://u:p@127.0.0.1", null, "Give the user and the secret as options.")]
    [InlineData("amqp://192.0.2.1", "user", "Use an amqps URL, or allow it explicitly.")]
    public void Options_that_do_not_fit_are_refused_with_a_remedy(string url, string? user, string remedy)
    {
        var options = new BusOptions { Url = new Uri(url), User = user, Secret = user };
        Assert.EndsWith(remedy, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }

    private static QueuedMessage Message(string opcode) => new(new QmfMessage(opcode, Address, null));
}
