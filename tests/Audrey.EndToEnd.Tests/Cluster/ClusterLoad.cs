using Audrey.EndToEnd.Tests.Crash;
using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Cluster;

/// <summary>The load of the crash tests on several servers. It retries requests that are rejected with 503.</summary>
internal sealed class ClusterLoad
{
    private readonly Random _random;
    private readonly Lock _lock = new();
    private TaskCompletionSource _reached = new();
    private int _target;
    private int _answered;

    public ClusterLoad(int workers, int seed)
    {
        _random = new Random(seed);
        Deployables = new Deployables(workers);
        var readCheck = new MonotonicReadCheck();
        Workers = [.. Enumerable.Range(0, workers).Select(worker => new Worker(Deployables, worker, readCheck, new Random(_random.Next()))
        {
            Send = SendUntilAccepted,
            DeletionStatuses = [200, 404],
        })];
    }

    public Deployables Deployables { get; }

    public IReadOnlyList<Worker> Workers { get; }

    /// <summary>The time that the slowest answer took. Rejections count as answers, too.</summary>
    public TimeSpan Slowest { get; private set; }

    /// <summary>The number of rejections.</summary>
    public int Rejections { get; private set; }

    /// <summary>Loads the servers until the given task completes. Returns when every request has been answered.</summary>
    public Task RunUntil(Task end, params ServerProcess[] servers) => Task.WhenAll(Workers.Select(worker => Task.Run(async () =>
    {
        while (!end.IsCompleted)
        {
            await worker.Act(servers[Next(servers.Length)]);
            Count();
        }

        await end;
    })));

    /// <summary>Completes when the load has received the given number of further answers.</summary>
    public Task WaitForAnswers(int count)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock) (_target, _reached) = (_answered + count, reached);
        return reached.Task.Within($"{count} more answers");
    }

    /// <summary>Loads the servers until the given number of further requests has been answered.</summary>
    public Task Run(int answers, params ServerProcess[] servers) =>
        RunUntil(WaitForAnswers(answers), servers).Within($"{answers} answers");

    private void Count()
    {
        lock (_lock)
            if (++_answered >= _target) _reached.TrySetResult();
    }

    private async Task<Answer> SendUntilAccepted(Func<Task<Answer>> send)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await send().Within("an answer of a running server");
            var elapsed = TimeProvider.System.GetElapsedTime(began);
            lock (_lock)
            {
                if (elapsed > Slowest) Slowest = elapsed;
                if (answer.Status == 503) Rejections++;
            }

            if (answer.Status != 503) return answer;
            Assert.True(answer.Headers.RetryAfter is not null, "The answer 503 must have Retry-After");
            Assert.True(elapsed < Deadlines.Generous, $"A request was rejected for {elapsed}");
        }
    }

    private int Next(int count)
    {
        lock (_lock) return _random.Next(count);
    }
}
