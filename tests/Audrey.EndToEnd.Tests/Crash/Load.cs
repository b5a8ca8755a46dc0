using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>Workers that send commands concurrently until the server is killed.</summary>
internal sealed class Load
{
    private readonly Random _random;

    public Load(int workers, int seed)
    {
        _random = new Random(seed);
        Deployables = new Deployables(workers);
        var readCheck = new MonotonicReadCheck();
        Workers = [.. Enumerable.Range(0, workers).Select(
            worker => new Worker(Deployables, worker, readCheck, new Random(_random.Next())))];
    }

    public Deployables Deployables { get; }

    public IReadOnlyList<Worker> Workers { get; }

    /// <summary>Loads the server and kills it after a random number of answers.</summary>
    /// <returns>The number of commands and polls that were answered.</returns>
    public async Task<int> RunUntilKilled(ServerProcess server, int maxAnswers)
    {
        var (answered, last, isKilled) = (0, _random.Next(1, maxAnswers), false);
        await Task.WhenAll(Workers.Select(worker => Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    await worker.Act(server);
                    if (Interlocked.Increment(ref answered) == last) await Kill();
                }
            }
            catch (HttpRequestException) when (Volatile.Read(ref isKilled))
            {
                // The connection broke because the server was killed, as intended.
            }
            catch
            {
                await Kill();
                throw;
            }
        }))).Within("the end of every worker after the server was killed");
        return answered;

        Task Kill()
        {
            Volatile.Write(ref isKilled, true);
            return server.Kill();
        }
    }
}
