namespace Audrey.Benchmarks.Storage;

/// <summary>A closed loop of writers: each writer starts its next write when its previous write is acknowledged.</summary>
internal static class Load
{
    public static async Task<Score> RunAsync(int writers, TimeSpan time, Func<int, Task> write, CancellationToken cancellationToken)
    {
        var clock = TimeProvider.System;
        var processor = Environment.CpuUsage.TotalTime;
        var start = clock.GetTimestamp();
        var latencies = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(
            async () =>
            {
                var times = new List<double>();
                while (clock.GetElapsedTime(start) < time)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var before = clock.GetTimestamp();
                    await write(writer);
                    times.Add(clock.GetElapsedTime(before).TotalMilliseconds);
                }

                return times;
            },
            cancellationToken)));
        var seconds = clock.GetElapsedTime(start).TotalSeconds;
        var sorted = latencies.SelectMany(times => times).Order().ToArray();
        return new Score(
            sorted.Length / seconds,
            sorted[(int)(sorted.Length * 0.99)],
            (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / sorted.Length);
    }
}
