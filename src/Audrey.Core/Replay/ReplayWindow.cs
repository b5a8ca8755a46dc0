namespace Audrey.Core.Replay;

/// <summary>
/// Determines whether a guest's GET is fresh. Only a fresh GET can change contact times, the start of a service and, in version 0, the
/// address.
/// </summary>
/// <remarks>
/// GETs are not stored individually. Instead, the newest timestamp is written from time to time. It is written at most
/// <see cref="Interval"/> seconds of the guest's own clock after it was seen. After a restart, every GET up to that much later than the
/// written timestamp counts as a repetition. If a guest's clock is set back, its GETs change nothing until the clock has caught up. Its
/// PUTs still change the row, because they are stored individually in <see cref="ReplayMemory"/>.
/// </remarks>
public sealed class ReplayWindow(long writtenTimestamp)
{
    /// <summary>Maximum lag of the written timestamp, in seconds of the guest's clock.</summary>
    public const long Interval = 60;

    /// <summary>Maximum number of requests that are kept individually. Above it, the oldest timestamps become the floor.</summary>
    public const int Capacity = 64;

    private readonly List<(long Timestamp, ulong Nonce)> _recent = [];
    private long _floor = AddInterval(writtenTimestamp);
    private long _written = writtenTimestamp;

    /// <summary>Adds a request. Returns true if the request was not seen before.</summary>
    public bool TryAdd(RequestMark mark)
    {
        if (mark.Timestamp <= _floor || _recent.Contains((mark.Timestamp, mark.Nonce))) return false;
        if (_recent.Count == Capacity)
        {
            _floor = Math.Max(_floor, _recent.Min(request => request.Timestamp));
            _recent.RemoveAll(request => request.Timestamp <= _floor);
            if (mark.Timestamp <= _floor) return false;
        }

        _recent.Add((mark.Timestamp, mark.Nonce));
        return true;
    }

    /// <summary>Returns whether the newest timestamp must be written before this request is answered.</summary>
    public bool MustWrite(RequestMark mark) => mark.Timestamp > AddInterval(_written);

    /// <summary>Called after a timestamp was written.</summary>
    public void OnWritten(long timestamp) => _written = Math.Max(_written, timestamp);

    private static long AddInterval(long timestamp) =>
        timestamp == long.MinValue ? timestamp : timestamp > long.MaxValue - Interval ? long.MaxValue : timestamp + Interval;
}
