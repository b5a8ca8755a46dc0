using System.Collections.Immutable;
using Audrey.Abstractions.Instances;
using Audrey.Core.Ids;
using Audrey.Core.Instances;
using Audrey.Grains.Instance;
using Microsoft.Extensions.Logging.Abstractions;

namespace Audrey.Grains.Tests.Instance;

public sealed class RevisionNotifierTests
{
    private const int Many = 1000;

    [Fact]
    public async Task News_that_come_while_a_gateway_is_told_go_together_and_each_gateway_gets_its_own_in_order()
    {
        using var post = new RevisionNotifier(TimeProvider.System, NullLogger<RevisionNotifier>.Instance);
        var (slow, other) = (new Gateway { Expected = Many + 1 }, new Gateway { Expected = 1 });
        slow.Holds = true;
        post.Send(slow, News(0));
        await slow.Began.Task.WaitAsync(TimeSpan.FromSeconds(30));
        for (var number = 1; number <= Many; number++) post.Send(slow, News(number));
        post.Send(other, News(7));
        slow.Hold.Set();
        await slow.All.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await other.All.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(Enumerable.Range(0, Many + 1).Select(number => $"i{number}"), slow.Told);
        Assert.Equal(["i7"], other.Told);
        Assert.InRange(slow.Messages, 2, 10);
    }

    [Fact]
    public async Task A_gateway_that_cannot_be_told_holds_up_no_other()
    {
        using var post = new RevisionNotifier(TimeProvider.System, NullLogger<RevisionNotifier>.Instance);
        var (gone, other) = (new Gateway { Expected = 1, Fails = true }, new Gateway { Expected = 1 });
        post.Send(gone, News(1));
        await gone.Began.Task.WaitAsync(TimeSpan.FromSeconds(30));
        post.Send(other, News(2));
        await other.All.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["i2"], other.Told);
    }

    private static RevisionNotice News(int number) =>
        new(InstanceId.Parse($"i{number}"), 1, new(true, "r", []));

    private sealed class Gateway : IRevisionSubscriber
    {
        public required int Expected { get; init; }

        public bool Fails { get; init; }

        public bool Holds { get; set; }

        public TaskCompletionSource Began { get; } = new();

        public ManualResetEventSlim Hold { get; } = new();

        public TaskCompletionSource All { get; } = new();

        public List<string> Told { get; } = [];

        public int Messages { get; private set; }

        public Task Notify(ImmutableArray<RevisionNotice> news)
        {
            Began.TrySetResult();
            if (Fails) throw new InvalidOperationException("the gateway has gone");
            if (Holds) Assert.True(Hold.Wait(TimeSpan.FromSeconds(30)));
            Holds = false;
            Messages++;
            Told.AddRange(news.Select(one => one.Instance.Value));
            if (Told.Count == Expected) All.TrySetResult();
            return Task.CompletedTask;
        }
    }
}
