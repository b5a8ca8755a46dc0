namespace Audrey.Abstractions.Resilience;

/// <summary>
/// When a failed call is made again: after a delay that doubles up to a maximum, until the calls or the time are used up. See decision
/// 0037.
/// </summary>
public sealed record RetryPolicy
{
    private const int MaxDoublings = 30;

    /// <summary>The delay after the first failure.</summary>
    public required TimeSpan FirstDelay { get; init; }

    /// <summary>The longest delay.</summary>
    public required TimeSpan MaxDelay { get; init; }

    /// <summary>The part of each delay that is random, 0 to 1, so that many callers do not come back at once.</summary>
    public double Jitter { get; init; }

    /// <summary>How many calls are made altogether; null: as many as the time allows.</summary>
    public int? MaxCalls { get; init; }

    /// <summary>The time for all calls and delays together; null: no limit.</summary>
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

    /// <summary>Returns the delay after that many failures in a row.</summary>
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

    /// <summary>How many calls have failed in a row.</summary>
    public int Failures { get; private set; }

    /// <summary>How much of the policy's time is left; infinite without a deadline.</summary>
    public TimeSpan Remaining => _policy.Deadline is { } deadline ? deadline - _time.GetElapsedTime(_start) : Timeout.InfiniteTimeSpan;

    /// <summary>Counts from the first delay again, after a call that succeeded.</summary>
    public void Reset() => Failures = 0;

    /// <summary>
    /// Counts a failure. Returns whether another call may be made after a delay: not if the calls or the time are used up.
    /// </summary>
    public bool TryNext(out TimeSpan delay)
    {
        delay = _policy.DelayAfter(++Failures);
        return !(Failures >= _policy.MaxCalls) && (_policy.Deadline is null || Remaining > delay);
    }

    /// <summary>Counts a failure and waits until the next call may be made.</summary>
    /// <returns>False, and nothing is waited for, if the calls or the time are used up. False at once when cancelled.</returns>
    public async Task<bool> Wait(CancellationToken cancellationToken = default)
    {
        if (!TryNext(out var delay)) return false;
        await Task.Delay(delay, _time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return !cancellationToken.IsCancellationRequested;
    }
}
