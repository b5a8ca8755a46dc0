namespace Audrey.Gateway.Limits;

/// <summary>
/// The number of requests that may be worked on at a time. It follows from how long requests take: as many as can be done within the
/// wanted time. What a warm server can do is too much for one that has just started, or that reads every instance from its disk. Not
/// thread-safe.
/// </summary>
/// <param name="max">The largest limit.</param>
/// <param name="wanted">The time that a request may take, which is also the time between two changes of the limit.</param>
/// <param name="time">The clock.</param>
internal sealed class AdaptiveConcurrencyLimit(int max, TimeSpan wanted, TimeProvider time)
{
    /// <summary>
    /// The smallest limit, unless <c>max</c> is smaller: some requests always wait for something that others do not need, such as a silo
    /// that died.
    /// </summary>
    public const int Min = 256;

    private readonly int _max = max;
    private long _began = time.GetTimestamp();
    private int _timely;
    private int _late;
    private TimeSpan _timeOfLate;
    private bool _wasNeeded;

    /// <summary>The limit now.</summary>
    public int Current { get; private set; } = max;

    /// <summary>Called when a request is done.</summary>
    /// <param name="took">How long it was worked on.</param>
    /// <param name="active">How many requests were worked on, including this one.</param>
    public void RecordDone(TimeSpan took, int active)
    {
        if (took <= wanted)
        {
            _timely++;
        }
        else
        {
            _late++;
            _timeOfLate += took;
        }

        _wasNeeded |= active > Current / 2;
        if (time.GetElapsedTime(_began) < wanted) return;

        // By Little's law, fewer requests at a time take less time each. If only a few are late, they wait for something else.
        if (_late > _timely)
            Current = Math.Clamp((int)(active * (wanted / (_timeOfLate / _late))), Math.Min(Min, _max), _max);
        else if (_wasNeeded)
            Current = (int)Math.Min(_max, Current * 1.5 + 1);
        (_began, _timely, _late, _timeOfLate, _wasNeeded) = (time.GetTimestamp(), 0, 0, TimeSpan.Zero, false);
    }
}
