namespace Audrey.Gateway.Limits;

/// <summary>
/// A limit on the number of requests that are processed concurrently. The limit is the number of requests that can be completed within the
/// wanted time, and follows from the measured duration of requests. The limit adapts because a warm server is faster than a server that has
/// just started or that reads every instance from its disk. Not thread-safe.
/// </summary>
/// <param name="max">The largest limit.</param>
/// <param name="wanted">The time that a request should take. This time is also the time between two changes of the limit.</param>
/// <param name="time">The clock.</param>
internal sealed class AdaptiveConcurrencyLimit(int max, TimeSpan wanted, TimeProvider time)
{
    /// <summary>
    /// The smallest limit, unless <c>max</c> is smaller. Some requests wait for a resource that others do not need, such as a silo that
    /// died. Under a smaller limit, they could keep all other requests waiting.
    /// </summary>
    public const int Min = 256;

    private readonly int _max = max;
    private long _began = time.GetTimestamp();
    private int _timely;
    private int _late;
    private TimeSpan _timeOfLate;
    private bool _wasNeeded;

    /// <summary>Gets the current limit.</summary>
    public int Current { get; private set; } = max;

    /// <summary>Called when a request is done.</summary>
    /// <param name="took">The time that the server worked on the request.</param>
    /// <param name="active">The number of requests that were being processed, including this one.</param>
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

        // By Little's law, each request takes less time if fewer requests are processed concurrently. If only a few requests are late, the
        // server's load is not the cause.
        if (_late > _timely)
            Current = Math.Clamp((int)(active * (wanted / (_timeOfLate / _late))), Math.Min(Min, _max), _max);
        else if (_wasNeeded)
            Current = (int)Math.Min(_max, Current * 1.5 + 1);
        (_began, _timely, _late, _timeOfLate, _wasNeeded) = (time.GetTimestamp(), 0, 0, TimeSpan.Zero, false);
    }
}
