using Audrey.Gateway.Version3;

namespace Audrey.Gateway.Tests.Version3;

public sealed class FairQueueTests
{
    [Fact]
    public void A_line_of_one_does_not_wait_for_a_line_of_hundreds()
    {
        var queue = new FairQueue<string>(1000);
        for (var number = 0; number < 500; number++) Assert.Null(queue.Add("large", $"large-{number}"));
        Assert.Null(queue.Add("small", "small-0"));
        Assert.Equal(["large-0", "small-0", "large-1", "large-2"], Taken(queue, 4));
        Assert.Equal(497, queue.Count);
    }

    [Fact]
    public void Every_deployable_gets_the_same_while_all_wait()
    {
        var queue = new FairQueue<string>(1000);
        foreach (var (deployable, count) in new[] { ("a", 300), ("b", 60), ("c", 30) })
            for (var number = 0; number < count; number++) queue.Add(deployable, deployable);
        Assert.All(Taken(queue, 90).GroupBy(name => name), group => Assert.Equal(30, group.Count()));
        Assert.Equal(60, Taken(queue, 60).Count(name => name == "b") * 2);
    }

    [Fact]
    public void When_it_is_full_the_last_of_the_longest_line_goes_and_nobody_of_a_shorter_one()
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
    public void One_that_holds_none_sends_everyone_away_and_an_empty_one_gives_nobody()
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
