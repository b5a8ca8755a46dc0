using System.Collections.Immutable;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Grains.Instance;
using Audrey.Grains.Liveness;
using Audrey.Grains.Tests.Liveness;
using Audrey.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Audrey.Grains.Tests.Instance;

public sealed class RevisionNotifierTests
{
    private const int Many = 1000;

    [Fact]
    public async Task Notifications_that_arise_during_a_call_to_a_gateway_are_sent_in_batches_and_in_order()
    {
        using var notifier = new RevisionNotifier(TimeProvider.System, NullLogger<RevisionNotifier>.Instance);
        var (slow, other) = (new Gateway { Expected = Many + 1 }, new Gateway { Expected = 1 });
        slow.Holds = true;
        notifier.Send(slow, Notice(0));
        await slow.Began.Task.WaitAsync(TimeSpan.FromSeconds(30));
        for (var number = 1; number <= Many; number++) notifier.Send(slow, Notice(number));
        notifier.Send(other, Notice(7));
        slow.Hold.Set();
        await slow.All.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await other.All.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(Enumerable.Range(0, Many + 1).Select(number => $"i{number}"), slow.Received);
        Assert.Equal(["i7"], other.Received);
        Assert.InRange(slow.Messages, 2, 10);
    }

    [Fact]
    public async Task A_gateway_that_cannot_be_notified_does_not_delay_other_gateways()
    {
        using var notifier = new RevisionNotifier(TimeProvider.System, NullLogger<RevisionNotifier>.Instance);
        var (gone, other) = (new Gateway { Expected = 1, Fails = true }, new Gateway { Expected = 1 });
        notifier.Send(gone, Notice(1));
        await gone.Began.Task.WaitAsync(TimeSpan.FromSeconds(30));
        notifier.Send(other, Notice(2));
        await other.All.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["i2"], other.Received);
    }

    [Fact]
    public async Task A_silo_that_cannot_show_that_it_is_alive_notifies_nobody()
    {
        var table = new TableDouble();
        var lease = new ReadLease(table, TimeProvider.System, TimeSpan.Zero, NullLogger<ReadLease>.Instance);
        using var notifier = new RevisionNotifier(TimeProvider.System, NullLogger<RevisionNotifier>.Instance, lease);
        var gateway = new Gateway { Expected = 1 };
        notifier.Send(gateway, Notice(1));
        await table.Began(1);
        table.Fail(new TimeoutException());
        await Deadlines.Until(() => !notifier.IsSending, "the end of the round");

        notifier.Send(gateway, Notice(2));
        await table.Began(2);
        table.Answer(isAlive: true);

        await gateway.All.Task.Within("the notice");
        Assert.Equal(["i2"], gateway.Received);
    }

    private static RevisionNotice Notice(int number) =>
        new(InstanceId.Parse($"i{number}"), 1, new(true, "r", []));

    private sealed class Gateway : IRevisionSubscriber
    {
        public required int Expected { get; init; }

        public bool Fails { get; init; }

        public bool Holds { get; set; }

        public TaskCompletionSource Began { get; } = new();

        public ManualResetEventSlim Hold { get; } = new();

        public TaskCompletionSource All { get; } = new();

        public List<string> Received { get; } = [];

        public int Messages { get; private set; }

        public Task Notify(ImmutableArray<RevisionNotice> notices)
        {
            Began.TrySetResult();
            if (Fails) throw new InvalidOperationException("the gateway has gone");
            if (Holds) Assert.True(Hold.Wait(TimeSpan.FromSeconds(30)));
            Holds = false;
            Messages++;
            Received.AddRange(notices.Select(notice => notice.Instance.Value));
            if (Received.Count == Expected) All.TrySetResult();
            return Task.CompletedTask;
        }
    }
}
