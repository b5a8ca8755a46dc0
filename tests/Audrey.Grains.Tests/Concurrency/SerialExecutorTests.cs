using Audrey.Grains.Concurrency;

namespace Audrey.Grains.Tests.Concurrency;

public sealed class SerialExecutorTests
{
    private readonly SerialExecutor _executor = new();

    [Fact]
    public async Task Each_piece_of_work_begins_after_the_previous_one_has_ended()
    {
        var first = new TaskCompletionSource();
        var order = new List<int>();
        var one = _executor.Run(async () =>
        {
            await first.Task;
            order.Add(1);
        });
        var two = _executor.Run(() =>
        {
            order.Add(2);
            return Task.FromResult("done");
        });
        Assert.Empty(order);

        first.SetResult();

        await one;
        Assert.Equal("done", await two);
        Assert.Equal([1, 2], order);
    }

    [Fact]
    public async Task Work_still_runs_after_earlier_work_has_failed()
    {
        var failing = _executor.Run(() => Task.FromException(new InvalidOperationException("failed")));

        Assert.Equal(1, await _executor.Run(() => Task.FromResult(1)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);
    }
}
