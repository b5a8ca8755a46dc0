using Audrey.EndToEnd.Tests.Crash;
using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Cluster;

/// <summary>The load of the crash tests on several servers, which come back to a request that was put off with 503.</summary>
internal sealed class ClusterLoad
{
    private readonly Random _random;
    private readonly Lock _lock = new();
    private TaskCompletionSource _reached = new();
    private int _awaited;
    private int _answered;

    public ClusterLoad(int workers, int seed)
    {
        _random = new Random(seed);
        Deployables = new Deployables(workers);
        var floors = new Floors();
        Workers = [.. Enumerable.Range(0, workers).Select(worker => new Worker(Deployables, worker, floors, new Random(_random.Next()))
        {
            Send = Patiently,
            Deleted = [200, 404],
        })];
    }

    public Deployables Deployables { get; }

    public IReadOnlyList<Worker> Workers { get; }

    /// <summary>How long the slowest answer took, with every time that the request was put off.</summary>
    public TimeSpan Slowest { get; private set; }

    /// <summary>How often a request was put off.</summary>
    public int PutOff { get; private set; }

    /// <summary>Loads the servers until <paramref name="over"/>; then every request is answered.</summary>
    public Task Until(Task over, params ServerProcess[] servers) => Task.WhenAll(Workers.Select(worker => Task.Run(async () =>
    {
        while (!over.IsCompleted)
        {
            await worker.Act(servers[Next(servers.Length)]);
            Count();
        }

        await over;
    })));

    /// <summary>Returns when the load has got so many more answers.</summary>
    public Task Answers(int more)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock) (_awaited, _reached) = (_answered + more, reached);
        return reached.Task.Within($"{more} more answers");
    }

    /// <summary>Loads the servers until so many more requests were answered.</summary>
    public async Task For(int answers, params ServerProcess[] servers)
    {
        var enough = Answers(answers);
        await Until(enough, servers).Within($"{answers} answers");
    }

    private void Count()
    {
        lock (_lock)
            if (++_answered >= _awaited) _reached.TrySetResult();
    }

    private async Task<Answer> Patiently(Func<Task<Answer>> send)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await send().Within("an answer of a server that lives");
            var took = TimeProvider.System.GetElapsedTime(began);
            lock (_lock)
            {
                if (took > Slowest) Slowest = took;
                if (answer.Status == 503) PutOff++;
            }

            if (answer.Status != 503) return answer;
            Assert.True(answer.Headers.RetryAfter is not null, "A request that is put off is told when to come back");
            Assert.True(took < Deadlines.Generous, $"a request was put off for {took}");
        }
    }

    private int Next(int most)
    {
        lock (_lock) return _random.Next(most);
    }
}
