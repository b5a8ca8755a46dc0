using System.Collections.Concurrent;
using System.Net;

namespace Audrey.Abstractions.Credentials;

/// <summary>
/// Slows down the guessing of conductors' secrets, over HTTP and at the port for clients. A source that has sent some wrong secrets for a
/// key must wait, each time twice as long, before another one is verified. A right secret ends the count. Thread-safe.
/// </summary>
public sealed class WrongSecrets(TimeProvider time)
{
    /// <summary>The number of wrong secrets that are verified without a delay.</summary>
    public const int MaxFree = 5;

    /// <summary>The longest delay.</summary>
    public static TimeSpan MaxDelay { get; } = TimeSpan.FromMinutes(1);

    /// <summary>The number of counters that all keys from one source share, so that invented keys cannot fill the memory.</summary>
    private const int CountersPerSource = 1024;

    private const int MaxCounters = 65_536;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<(IPAddress Source, uint Counter), FailureCount> _attempts = new();

    /// <summary>Begins an attempt. Returns how long the source must wait instead, or null if the secret may be verified.</summary>
    public TimeSpan? Begin(IPAddress source, string key)
    {
        if (!_attempts.TryGetValue(CounterOf(source, key), out var attempts)) return null;
        lock (attempts)
        {
            var now = time.GetUtcNow();
            if (now < attempts.Until) return attempts.Until - now;

            // The next attempt must wait as well, so that a source gains nothing by making many attempts at the same time.
            if (attempts.Wrong >= MaxFree) attempts.Until = now + DelayAfter(attempts.Wrong - MaxFree + 1);
            return null;
        }
    }

    /// <summary>Counts a wrong secret.</summary>
    public void Fail(IPAddress source, string key)
    {
        if (_attempts.Count >= MaxCounters) Forget();
        var attempts = _attempts.GetOrAdd(CounterOf(source, key), _ => new FailureCount());
        lock (attempts)
        {
            attempts.Last = time.GetUtcNow();
            if (++attempts.Wrong >= MaxFree) attempts.Until = attempts.Last + DelayAfter(attempts.Wrong - MaxFree + 1);
        }
    }

    /// <summary>Ends the count after a right secret.</summary>
    public void End(IPAddress source, string key) => _attempts.TryRemove(CounterOf(source, key), out _);

    private static TimeSpan DelayAfter(int excess)
    {
        var delay = FirstDelay * Math.Pow(2, Math.Min(excess - 1, 10));
        return delay < MaxDelay ? delay : MaxDelay;
    }

    private static (IPAddress Source, uint Counter) CounterOf(IPAddress source, string key) =>
        (SourceAddress.Of(source), (uint)string.GetHashCode(key, StringComparison.Ordinal) % CountersPerSource);

    private void Forget()
    {
        var now = time.GetUtcNow();
        foreach (var (key, attempts) in _attempts)
            if (attempts.Last + ForgetAfter < now) _attempts.TryRemove(key, out _);
        if (_attempts.Count >= MaxCounters) _attempts.Clear();
    }

    private sealed class FailureCount
    {
        public int Wrong { get; set; }

        public DateTimeOffset Until { get; set; }

        public DateTimeOffset Last { get; set; }
    }
}
