using Audrey.EndToEnd.Tests.Support;

namespace Audrey.EndToEnd.Tests.Crash;

/// <summary>Workers that command at the same time until the server is killed.</summary>
internal sealed class Load
{
    private readonly Random _random;

    public Load(int workers, int seed)
    {
        _random = new Random(seed);
        Deployables = new Deployables(workers);
        var floors = new Floors();
        Workers = [.. Enumerable.Range(0, workers).Select(worker => new Worker(Deployables, worker, floors, new Random(_random.Next())))];
    }

    public Deployables Deployables { get; }

    public IReadOnlyList<Worker> Workers { get; }

    /// <summary>Loads the server and kills it in the midst, after a random number of acknowledgements.</summary>
    /// <returns>How many commands and polls were answered.</returns>
    public async Task<int> UntilKilled(ServerProcess server, int most)
    {
        var (answered, last, over) = (0, _random.Next(1, most), false);
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
            catch (HttpRequestException) when (Volatile.Read(ref over))
            {
                // What it was for: the connection broke because the server was killed.
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
            Volatile.Write(ref over, true);
            return server.Kill();
        }
    }
}
