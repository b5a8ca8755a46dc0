namespace Audrey.Agent.Timing;

/// <summary>
/// Delays that double, with random jitter. The jitter prevents a thousand instances that booted together from sending their requests at the
/// same time.
/// </summary>
internal sealed class Backoff(TimeSpan first, TimeSpan max, Random random)
{
    private int _doublings;

    /// <summary>
    /// Returns the delay before the next attempt: between half of a bound and the full bound. The bound doubles with each attempt.
    /// </summary>
    public TimeSpan Next()
    {
        const int maxDoublings = 30;
        var bound = first * (1L << _doublings);
        if (bound >= max) bound = max;
        else if (_doublings < maxDoublings) _doublings++;
        return Jitter(bound, random);
    }

    public void Reset() => _doublings = 0;

    /// <summary>Returns a random duration between half of the bound and the full bound.</summary>
    public static TimeSpan Jitter(TimeSpan bound, Random random) => bound * (0.5 + random.NextDouble() / 2);
}
