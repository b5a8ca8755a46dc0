using Audrey.Gateway.Limits;

namespace Audrey.Gateway.Tests.Limits;

public sealed class FairQueueTests
{
    [Fact]
    public void A_deployable_with_one_request_does_not_wait_for_a_deployable_with_hundreds()
    {
        var queue = new FairQueue<string>(1000);
        for (var number = 0; number < 500; number++) Assert.Null(queue.Add("large", $"large-{number}"));
        Assert.Null(queue.Add("small", "small-0"));
        Assert.Equal(["large-0", "small-0", "large-1", "large-2"], Taken(queue, 4));
        Assert.Equal(497, queue.Count);
    }

    [Fact]
    public void While_requests_of_all_deployables_wait_every_deployable_gets_the_same_share()
    {
        var queue = new FairQueue<string>(1000);
        foreach (var (deployable, count) in new[] { ("a", 300), ("b", 60), ("c", 30) })
            for (var number = 0; number < count; number++) queue.Add(deployable, deployable);
        Assert.All(Taken(queue, 90).GroupBy(name => name), group => Assert.Equal(30, group.Count()));
        Assert.Equal(60, Taken(queue, 60).Count(name => name == "b") * 2);
    }

    [Fact]
    public void If_the_queue_is_full_the_last_request_of_the_largest_deployable_is_rejected()
    {
        var queue = new FairQueue<string>(4);
        for (var number = 0; number < 3; number++) queue.Add("large", $"large-{number}");
        queue.Add("small", "small-0");
        Assert.Equal("large-3", queue.Add("large", "large-3"));
        Assert.Equal("large-2", queue.Add("small", "small-1"));
        Assert.Equal(4, queue.Count);
        Assert.Equal(["large-0", "small-0", "large-1", "small-1"], Taken(queue, 5));
    }

    [Fact]
    public void A_queue_with_a_capacity_of_zero_rejects_every_request_and_has_no_next_request()
    {
        var queue = new FairQueue<string>(0);
        Assert.Equal("a", queue.Add("d", "a"));
        Assert.False(queue.TryTake(out _));
    }

    private static List<string> Taken(FairQueue<string> queue, int count)
    {
        var taken = new List<string>();
        while (taken.Count < count && queue.TryTake(out var next)) taken.Add(next);
        return taken;
    }
}
