namespace Audrey.Agent.PhoneHome;

/// <summary>Pauses that double, spread at random so that a thousand instances that booted together do not ask together.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, Random random)
{
    private int _doublings;

    /// <summary>The pause before the next try: between half and the whole of a bound that doubles.</summary>
    public TimeSpan Next()
    {
        const int enough = 30;
        var bound = first * (1L << _doublings);
        if (bound >= longest) bound = longest;
        else if (_doublings < enough) _doublings++;
        return Spread(bound, random);
    }

    public void Reset() => _doublings = 0;

    /// <summary>Between half and the whole of it.</summary>
    public static TimeSpan Spread(TimeSpan bound, Random random) => bound * (0.5 + random.NextDouble() / 2);
}
