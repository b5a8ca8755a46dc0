namespace Audrey.Gateway.Version3;

/// <summary>
/// How many requests may be worked on at a time, found from how long they take: as many as are done within a wanted time. What fits on a warm
/// server is too much for one that has just started, or that reads every instance from the disk. Not thread-safe.
/// </summary>
/// <param name="most">Never more than this.</param>
/// <param name="wanted">The time that a request may take; also the time over which it is judged.</param>
/// <param name="time">The clock.</param>
internal sealed class WorkLimit(int most, TimeSpan wanted, TimeProvider time)
{
    /// <summary>Never fewer than this (or <c>most</c>): some always hang on something that the others do not need, such as a silo that died.</summary>
    public const int Min = 256;

    private readonly int _max = most;
    private long _began = time.GetTimestamp();
    private int _timely;
    private int _late;
    private TimeSpan _tookLate;
    private bool _wasNeeded;

    /// <summary>How many may be worked on.</summary>
    public int Now { get; private set; } = most;

    /// <summary>A request is done.</summary>
    /// <param name="took">How long it was worked on.</param>
    /// <param name="active">How many were, this one included.</param>
    public void Done(TimeSpan took, int active)
    {
        if (took <= wanted) _timely++;
        else
        {
            _late++;
            _tookLate += took;
        }

        _wasNeeded |= active > Now / 2;
        if (time.GetElapsedTime(_began) < wanted) return;

        // Most are late: so many at a time take so long (Little's law), thus fewer take less. Few that are late hang on something else.
        if (_late > _timely) Now = Math.Clamp((int)(active * (wanted / (_tookLate / _late))), Math.Min(Min, _max), _max);
        else if (_wasNeeded) Now = (int)Math.Min(_max, Now * 1.5 + 1);
        (_began, _timely, _late, _tookLate, _wasNeeded) = (time.GetTimestamp(), 0, 0, TimeSpan.Zero, false);
    }
}
