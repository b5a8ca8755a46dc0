using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;
using Audrey.Gateway.Calls;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Audrey.Gateway.Credentials;

/// <summary>
/// Counts requests that name a registered instance and have a wrong secret, and adds the counts to the instances' statuses. However many
/// requests come, an instance is called once in <see cref="Interval"/>, and no request waits for the call.
/// </summary>
internal sealed partial class WrongSecretCounts(GrainCalls calls, TimeProvider time, ILogger<WrongSecretCounts> log)
    : BackgroundService
{
    /// <summary>The maximum number of instances with a count. Requests of further instances are not counted in this interval.</summary>
    public const int MaxInstances = 512;

    /// <summary>The time between two calls of one instance.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly PeriodicTimer _timer = new(Interval, time);
    private readonly Lock _lock = new();
    private Dictionary<(IGuestGrain Grain, long Generation), WrongSecretCount> _counts = [];

    /// <summary>Counts a request whose secret is wrong for this credential.</summary>
    public void Add(GuestCredential credential)
    {
        var key = (credential.Grain, credential.Generation);
        var one = new WrongSecretCount(1, time.GetUtcNow());
        lock (_lock)
        {
            var isKnown = _counts.TryGetValue(key, out var count);
            if (isKnown || _counts.Count < MaxInstances) _counts[key] = WrongSecretCount.Sum(count, one)!;
        }
    }

    public override void Dispose()
    {
        _timer.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _timer.WaitForNextTickAsync(stoppingToken)) await Flush();
    }

    private async Task Flush()
    {
        Dictionary<(IGuestGrain Grain, long Generation), WrongSecretCount> counts;
        lock (_lock)
        {
            if (_counts.Count == 0) return;
            (counts, _counts) = (_counts, []);
        }

        await Parallel.ForEachAsync(counts, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (count, _) =>
        {
            try
            {
                await calls.Run(count, static async count =>
                {
                    await count.Key.Grain.AddWrongSecrets(count.Key.Generation, count.Value);
                    return true;
                });
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                // The count only informs the owner. Counts that cannot be added are not kept, so they need no memory.
                LogNotAdded(failure.GetType().Name);
            }
        });
    }

    [LoggerMessage(LogLevel.Debug, "A count of wrong secrets could not be added to the status of an instance ({Failure}).")]
    private partial void LogNotAdded(string failure);
}
