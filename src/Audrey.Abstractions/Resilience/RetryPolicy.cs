namespace Audrey.Abstractions.Resilience;

/// <summary>
/// Determines when a failed call is repeated. The delay doubles with each failure, up to a maximum. No further call is made after the
/// maximum number of calls, or after the deadline. See decision 0037.
/// </summary>
public sealed record RetryPolicy
{
    private const int MaxDoublings = 30;

    /// <summary>The delay after the first failure.</summary>
    public required TimeSpan FirstDelay { get; init; }

    /// <summary>The maximum delay.</summary>
    public required TimeSpan MaxDelay { get; init; }

    /// <summary>The share of each delay that is random, from 0 to 1. It keeps many callers from retrying at the same moment.</summary>
    public double Jitter { get; init; }

    /// <summary>The maximum number of calls, including the first. Null if only the deadline limits the calls.</summary>
    public int? MaxCalls { get; init; }

    /// <summary>The maximum time for all calls and delays together. Null if there is no limit.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Begins a series of calls now.</summary>
    public Retries Begin(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return new(this, time, time.GetTimestamp());
    }

    /// <summary>Begins a series whose first call was made at <paramref name="start"/> and has just failed or is still under way.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="start">A timestamp of that clock.</param>
    public Retries Begin(TimeProvider time, long start) => new(this, time, start);

    /// <summary>Returns the delay after a number of consecutive failures.</summary>
    internal TimeSpan DelayAfter(int failures)
    {
        var doubled = FirstDelay * (1L << Math.Min(failures - 1, MaxDoublings));
        return (doubled < MaxDelay ? doubled : MaxDelay) * (1 - (Jitter * Random.Shared.NextDouble()));
    }
}

/// <summary>A series of calls of one operation under a <see cref="RetryPolicy"/>.</summary>
public sealed class Retries
{
    private readonly RetryPolicy _policy;
    private readonly TimeProvider _time;
    private readonly long _start;

    internal Retries(RetryPolicy policy, TimeProvider time, long start) => (_policy, _time, _start) = (policy, time, start);

    /// <summary>The number of consecutive failed calls.</summary>
    public int Failures { get; private set; }

    /// <summary>The time that is left until the policy's deadline. Infinite if there is no deadline.</summary>
    public TimeSpan Remaining => _policy.Deadline is { } deadline ? deadline - _time.GetElapsedTime(_start) : Timeout.InfiniteTimeSpan;

    /// <summary>Restarts with the first delay. Called after a call that succeeded.</summary>
    public void Reset() => Failures = 0;

    /// <summary>
    /// Counts a failure. Returns true if another call is allowed after the delay. Returns false if the maximum number of calls or the
    /// deadline is reached.
    /// </summary>
    public bool TryNext(out TimeSpan delay)
    {
        delay = _policy.DelayAfter(++Failures);
        return !(Failures >= _policy.MaxCalls) && (_policy.Deadline is null || Remaining > delay);
    }

    /// <summary>Counts a failure and waits until the next call can be made.</summary>
    /// <returns>
    /// True if the next call is allowed. False, without a wait, if the maximum number of calls or the deadline is reached. False
    /// immediately if cancelled.
    /// </returns>
    public async Task<bool> Wait(CancellationToken cancellationToken = default)
    {
        if (!TryNext(out var delay)) return false;
        await Task.Delay(delay, _time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return !cancellationToken.IsCancellationRequested;
    }
}
