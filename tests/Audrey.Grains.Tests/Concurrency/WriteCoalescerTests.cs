using Audrey.Grains.Concurrency;

namespace Audrey.Grains.Tests.Concurrency;

public sealed class WriteCoalescerTests
{
    private readonly Queue<TaskCompletionSource> _writes = new();
    private int _begun;

    [Fact]
    public Task All_callers_that_arrive_during_a_write_share_the_next_write() => OnScheduler(async () =>
    {
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        var coalescer = Coalescer(first, second);
        var begins = coalescer.Flush();
        await Until(1);
        Task[] waiting = [coalescer.Flush(), coalescer.Flush(), coalescer.Flush()];

        first.SetResult();
        await begins;
        await Until(2);
        Assert.All(waiting, flush => Assert.False(flush.IsCompleted));
        second.SetResult();

        await Task.WhenAll(waiting);
        Assert.Equal(2, _begun);
    });

    [Fact]
    public Task If_a_write_fails_only_the_callers_that_share_it_get_the_error() => OnScheduler(async () =>
    {
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        var coalescer = Coalescer(first, second);
        var begins = coalescer.Flush();
        await Until(1);
        var waiting = coalescer.Flush();

        first.SetException(new IOException("disk"));
        second.SetResult();

        await Assert.ThrowsAsync<IOException>(() => begins);
        await waiting;
    });

    // Runs the test in the same way as a grain: only one piece of work runs at a time.
    private static Task OnScheduler(Func<Task> test)
    {
        var scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        return Task.Factory.StartNew(test, CancellationToken.None, TaskCreationOptions.None, scheduler).Unwrap();
    }

    private WriteCoalescer Coalescer(params TaskCompletionSource[] writes)
    {
        foreach (var write in writes) _writes.Enqueue(write);
        return new(() =>
        {
            _begun++;
            return _writes.Dequeue().Task;
        });
    }

    private async Task Until(int begun)
    {
        while (_begun < begun) await Task.Yield();
    }
}
